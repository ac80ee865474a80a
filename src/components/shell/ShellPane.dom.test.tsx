// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { lastTerminal, type Terminal } from "#test/helpers/fakeXterm.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { ShellPane } from "./ShellPane.tsx";

vi.mock("../ui/terminal/xterm.ts", () => import("#test/helpers/fakeXterm.ts"));

beforeEach(() => {
  // A pane without a size is hidden, and says nothing about sizes.
  vi.spyOn(HTMLElement.prototype, "offsetWidth", "get").mockReturnValue(800);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** Shows the shared shell, with its terminal there. */
async function showShell(): Promise<{ client: FakeClient; terminal: Terminal }> {
  const before = lastTerminal();
  const { client } = renderIde(<ShellPane name="sheller" />);
  await waitFor(() => expect(lastTerminal()).not.toBe(before));
  const terminal = lastTerminal();
  if (terminal === undefined) throw new Error("no terminal was shown");
  return { client, terminal };
}

function join(client: FakeClient, session: number, name: string): void {
  const person = { session, userId: session, name, role: "editor" as const };
  act(() => client.emit({ slice: "presence", event: { kind: "joined", person } }));
}

const elsewhere = { cols: 120, rows: 40 };

describe("a shell", () => {
  it("opens the channel of its name and tells it how much room there is", async () => {
    const { client } = await showShell();
    expect(client.calls).toContain("open(sheller)");
    expect(client.calls).toContain("resize(sheller, 80, 24)");
    expect(screen.getByRole("group", { name: "Shell" })).toBeDefined();
  });

  it("stays as it is when its program ends, and sends the Enter that starts it again", async () => {
    const { client, terminal } = await showShell();
    const lastLine = "[exited with 1 · press Enter to start again]";
    await act(() => client.print("sheller", lastLine));
    act(() => client.emit({ slice: "shell", event: { kind: "exited", name: "sheller", code: 1 } }));
    expect(lastTerminal()).toBe(terminal);
    expect(terminal.text).toBe(lastLine);
    terminal.type("\r");
    expect(client.calls).toContain('input(sheller, "\\r")');
  });

  it("says why it cannot be opened, and tries again", async () => {
    const { client } = await showShell();
    const event = { kind: "failed", name: "sheller", message: "too many terminals" } as const;
    act(() => client.emit({ slice: "shell", event }));
    expect(screen.getByText("too many terminals")).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(client.calls.filter((call) => call === "open(sheller)")).toHaveLength(2);
    expect(screen.getByRole("group", { name: "Shell" })).toBeDefined();
  });

  it("lets a viewer watch", async () => {
    const { client, terminal } = await showShell();
    const self = { userId: 1, session: 2, name: "Ada", role: "viewer" } as const;
    act(() => client.emit({ slice: "control", event: { kind: "self", self } }));
    expect(screen.getByText(/a viewer cannot type here/)).toBeDefined();
    terminal.type("ls\r");
    expect(client.calls.filter((call) => call.startsWith("input("))).toEqual([]);
  });

  it("keeps the size that somebody else has given it until one takes it over", async () => {
    const { client, terminal } = await showShell();
    join(client, 3, "Lin");
    await act(() => client.print("sheller", "$ ", elsewhere));
    expect(terminal).toMatchObject(elsewhere);
    expect(screen.getByRole("status").textContent).toContain("120 × 40, set by Lin");
    join(client, 4, "Kim");
    expect(screen.getByRole("status").textContent).toContain("set by someone else");
    fireEvent.click(screen.getByRole("button", { name: "Use my size" }));
    expect(client.calls).toContain('input(sheller, "")');
    await act(() => client.print("sheller", "$ ", { cols: 80, rows: 24 }));
    expect(terminal).toMatchObject({ cols: 80, rows: 24 });
    expect(screen.queryByRole("status")).toBeNull();
  });

  it("asks before several lines are pasted", async () => {
    const { client } = await showShell();
    const screenOf = document.querySelector(".terminal__screen") ?? document.body;
    const paste = () =>
      fireEvent.paste(screenOf, { clipboardData: { getData: () => "make\nrm -r out\n" } });
    paste();
    fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(client.calls.filter((call) => call.startsWith("input("))).toEqual([]);
    paste();
    fireEvent.click(await screen.findByRole("button", { name: "Paste" }));
    await waitFor(() => expect(client.calls).toContain('input(sheller, "make\\nrm -r out\\n")'));
  });
});
