// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import type { RunEvent } from "#protocol/services/run.ts";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { lastTerminal } from "#test/helpers/fakeXterm.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { ConsolePane } from "./ConsolePane.tsx";

vi.mock("../ui/terminal/xterm.ts", () => import("#test/helpers/fakeXterm.ts"));

afterEach(cleanup);

function tell(client: FakeClient, ...events: readonly RunEvent[]): void {
  act(() => client.emit(...events.map((event) => ({ slice: "run" as const, event }))));
}

const become = (client: FakeClient, role: "editor" | "viewer") =>
  act(() => {
    const self = { userId: 1, session: 2, name: "Ada", role };
    client.emit({ slice: "control", event: { kind: "self", self } });
  });

const info = { kind: "info", command: ["node", "index.js"], reason: "main file" } as const;
/** The line above the terminal, as it reads. */
const line = () => screen.getByText("node index.js").closest("[role=status]")?.textContent;

describe("the console", () => {
  it("says how to begin while nothing has run, to each what they may do", () => {
    const { client } = renderIde(<ConsolePane />);
    expect(screen.getByText(/Press Run or/).textContent).toContain("Press Run or Ctrl+Enter.");
    expect(screen.queryByRole("group", { name: "Console" })).toBeNull();
    become(client, "viewer");
    expect(screen.getByText("Output of everyone’s runs appears here.")).toBeDefined();
    expect(screen.queryByText(/Press Run/)).toBeNull();
  });

  it("tells what runs, for how long, and how it ended", async () => {
    const { client } = renderIde(<ConsolePane />);
    tell(client, { kind: "stopped" }, info, { kind: "running" });
    expect(line()).toMatch(/^node index\.jsrunning · \d/);
    tell(client, { kind: "exited", code: 0 }, { kind: "stopped" });
    expect(line()).toBe("node index.jsexited with 0");
    expect(document.querySelector("[data-failed=true]")).toBeNull();
    tell(client, { kind: "running" }, { kind: "exited", code: 3 }, { kind: "stopped" });
    expect(line()).toBe("node index.jsexited with 3");
    expect(document.querySelector("[data-failed=true]")).not.toBeNull();
  });

  it("calls stopped what was ended without a status of its own", () => {
    const { client } = renderIde(<ConsolePane />);
    tell(client, info, { kind: "running" }, { kind: "stopped" });
    expect(line()).toBe("node index.jsstopped");
  });

  it("does not guess how long a program has run that was there before", () => {
    const { client } = renderIde(<ConsolePane />);
    tell(client, info, { kind: "running" });
    expect(line()).toBe("node index.jsrunning");
  });

  it("says why nothing could be run", async () => {
    const { client, ide } = renderIde(<ConsolePane />);
    tell(client, info);
    client.failNext = new RequestError("failed", "no command to run");
    await act(() => ide.actions.run.start());
    expect(line()).toContain("no command to run");
  });

  it("shows what would help until it is dismissed", () => {
    const { client } = renderIde(<ConsolePane />);
    tell(client, { kind: "hint", text: "Install the packages first." });
    expect(screen.getByText("Install the packages first.")).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(screen.queryByText("Install the packages first.")).toBeNull();
  });

  it("draws the output, and hands on what is typed unless one may only look", async () => {
    const { client } = renderIde(<ConsolePane />);
    tell(client, info, { kind: "running" });
    await waitFor(() => expect(lastTerminal()).toBeDefined());
    await act(() => client.print("run", "name? "));
    expect(lastTerminal()?.text).toBe("name? ");
    lastTerminal()?.type("Ada\r");
    expect(client.calls).toContain('input(run, "Ada\\r")');
    become(client, "viewer");
    lastTerminal()?.type("x");
    expect(client.calls).not.toContain('input(run, "x")');
  });
});
