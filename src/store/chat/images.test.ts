import { expect, test } from "vitest";
import type { Host } from "../ui/host.ts";
import { createChatImages } from "./images.ts";

const name = (char: string) => `${char.repeat(64)}.png`;

test("an image is asked for once while it is at hand, and again when many others came since", async () => {
  const asked: string[] = [];
  const large = new Blob([new Uint8Array(20 * 1024 * 1024)]);
  const host = {
    image: async (wanted: string) => {
      asked.push(wanted[0] ?? "");
      return { ok: true, value: large };
    },
  } as Partial<Host> as Host;
  const images = createChatImages(host);
  await Promise.all([images.load(name("a")), images.load(name("a"))]);
  await images.load(name("b"));
  await images.load(name("a"));
  expect(asked.join("")).toBe("ab");
  await images.load(name("c"));
  await images.load(name("c"));
  await images.load(name("a"));
  expect(asked.join("")).toBe("abca");
});

test("what was sent need not be fetched, and what the container has is not sent again", async () => {
  const sent: Blob[] = [];
  const host = {
    sendImage: async (image: Blob) => {
      sent.push(image);
      return { ok: true, value: name("b") };
    },
  } as Partial<Host> as Host;
  const images = createChatImages(host);
  const file = new Blob(["new"]);
  const marks = await images.send([
    { name: name("a"), label: "old.png" },
    { label: "new.png", file },
  ]);
  expect(marks).toEqual({
    ok: true,
    value: [
      { name: name("a"), label: "old.png" },
      { name: name("b"), label: "new.png" },
    ],
  });
  expect(sent).toEqual([file]);
  expect(await images.load(name("b"))).toEqual({ ok: true, value: file });
});
