import { describe, expect, it } from "vitest";
import { createTestIde } from "#test/helpers/renderIde.tsx";
import { canEdit } from "../control.ts";
import { recallRoom, rememberRoom } from "./knownRoom.ts";
import { createMemory, type Memory } from "./memory.ts";

const repl = { id: "repl", slug: "sample", language: "nodejs" };

function freshMemory(): Memory {
  return createMemory(() => {
    throw new Error("forgetful");
  });
}

describe("what a device knows of a room", () => {
  it("is remembered for each link", () => {
    const memory = freshMemory();
    rememberRoom(memory, "look", { repl, role: "viewer" });
    rememberRoom(memory, "edit", { repl, role: "owner" });
    expect(recallRoom(memory, "look")).toEqual({ repl, role: "viewer" });
    expect(recallRoom(memory, "edit")).toEqual({ repl, role: "owner" });
    expect(recallRoom(memory, "other")).toBeUndefined();
  });

  it("is read as it was written before roles were", () => {
    const memory = freshMemory();
    memory.write("tandem.repl.link", { id: "repl", slug: "sample", language: "nodejs" });
    expect(recallRoom(memory, "link")).toEqual({ repl, role: "editor" });
    memory.write("tandem.repl.link", { repl: { id: 1 } });
    expect(recallRoom(memory, "link")).toBeUndefined();
  });

  it("keeps a viewer who comes back without a connection from typing in vain", () => {
    const memory = freshMemory();
    const { client } = createTestIde({}, { memory, room: "look" });
    client.emit({ slice: "control", event: { kind: "repl", repl, role: "viewer" } });
    const { ide } = createTestIde({}, { memory, room: "look" });
    expect(ide.store.getState().control).toMatchObject({ repl, role: "viewer", self: undefined });
    expect(canEdit(ide.store.getState().control)).toBe(false);
  });

  it("comes with the poster, before there is a connection", async () => {
    const poster = Promise.resolve({ repl, role: "viewer" as const, file: undefined });
    const { ide } = createTestIde({}, { poster });
    await poster;
    expect(ide.store.getState().control).toMatchObject({ repl, role: "viewer" });
  });
});
