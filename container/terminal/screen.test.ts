import { describe, expect, it } from "vitest";
import { createTerminal, feed, stateOf } from "#test/helpers/terminalState.ts";
import { SCROLLBACK_LINES, Screen } from "./screen.ts";

const size = { cols: 80, rows: 24 };

function lineOf(terminal: ReturnType<typeof createTerminal>, y: number): string | undefined {
  return terminal.buffer.active.getLine(y)?.translateToString(true);
}

function joiner(screen: Screen, at = size): ReturnType<typeof createTerminal> {
  const terminal = createTerminal({ ...at, scrollback: SCROLLBACK_LINES });
  feed(terminal, screen.snapshot());
  return terminal;
}

describe("a screen", () => {
  it("is empty until something was written", () => {
    expect(new Screen(size).snapshot()).toBe("");
  });

  it("keeps the last thousand lines of a flood", () => {
    const screen = new Screen(size);
    const there = createTerminal({ ...size, scrollback: SCROLLBACK_LINES });
    for (let i = 0; i < 200_000; i += 100) {
      const lines = Array.from({ length: 100 }, (_, j) => `line ${i + j}\r\n`).join("");
      screen.write(lines);
      if (i >= 190_000) feed(there, lines);
    }
    const terminal = joiner(screen);
    expect(stateOf(terminal)).toBe(stateOf(there));
    expect(lineOf(terminal, 0)).toBe(`line ${200_000 - SCROLLBACK_LINES - 23}`);
  });

  it("reads what cannot be skimmed before there is too much of it", () => {
    const screen = new Screen(size);
    const frame = `\x1b[H${"x".repeat(1000)}`;
    const worked = Array.from({ length: 600 }, () => screen.write(frame));
    expect(worked.filter(Boolean)).toHaveLength(2);
  });

  it("reads what came before a change of size at the size that it was meant for", () => {
    const screen = new Screen(size);
    screen.write(`${"a".repeat(100)}\r\n`);
    screen.resize(40, 10);
    screen.write(`${"b".repeat(50)}\r\n`);
    const there = createTerminal({ ...size, scrollback: SCROLLBACK_LINES });
    feed(there, `${"a".repeat(100)}\r\n`);
    there.resize(40, 10);
    feed(there, `${"b".repeat(50)}\r\n`);
    expect(stateOf(joiner(screen, { cols: 40, rows: 10 }))).toBe(stateOf(there));
  });

  it("keeps the title, links and fancy underlines", () => {
    const screen = new Screen(size);
    screen.write("\x1b]0;vim\x07\x1b]8;;http://localhost/\x1b\\link\x1b]8;;\x1b\\ ");
    screen.write("\x1b[4:3;58;2;255;0;0mwavy\x1b[m");
    const snapshot = screen.snapshot();
    expect(snapshot).toContain("\x1b]2;vim\x1b\\");
    expect(snapshot).toContain("\x1b]8;;http://localhost/\x1b\\");
    expect(snapshot).toContain("4:3;58;2;255;0;0mwavy");
  });

  it.each([49, 30])("comes out whole in a terminal of %i columns", (cols) => {
    const narrow = { cols: 38, rows: 24 };
    const screen = new Screen(narrow);
    const entry = (i: number): string => `drwxr-xr-x 3 root root 4096 Nov 22 09:19 folder-${i}`;
    for (let i = 0; i < 60; i++) screen.write(`${entry(i)}\r\n`);
    screen.write("$ ");
    const terminal = joiner(screen, { cols, rows: 24 });
    feed(terminal, "typed");
    const text: string[] = [];
    for (let y = 0; y < terminal.buffer.active.length; y++) {
      const line = terminal.buffer.active.getLine(y);
      const part = line?.translateToString(true) ?? "";
      if (line?.isWrapped === true) text.push((text.pop() ?? "") + part);
      else text.push(part);
    }
    expect(text.filter((line) => line !== "")).toEqual([
      ...Array.from({ length: 60 }, (_, i) => entry(i)),
      "$ typed",
    ]);
  });

  it("keeps the normal screen behind an alternate one", () => {
    const screen = new Screen(size);
    screen.write(
      "before\r\n$ vim\x1b[?1049h\x1b[?25l\x1b[2;23r\x1b[1;1Hin vim\x1b[?1006h\x1b[?1002h",
    );
    const terminal = joiner(screen);
    expect(terminal.buffer.active.type).toBe("alternate");
    expect(terminal.modes.mouseTrackingMode).toBe("drag");
    feed(terminal, "\x1b[?1049l");
    expect([lineOf(terminal, 0), lineOf(terminal, 1)]).toEqual(["before", "$ vim"]);
    expect(terminal.buffer.active.cursorX).toBe(5);
  });

  it("clears all but the line of the cursor", () => {
    const screen = new Screen(size);
    screen.write(`${"line\r\n".repeat(100)}$ ls -l\x1b[3D`);
    screen.write(screen.clearSequence());
    const terminal = joiner(screen);
    expect(terminal.buffer.active.length).toBe(24);
    expect(lineOf(terminal, 0)).toBe("$ ls -l");
    expect(lineOf(terminal, 1)).toBe("");
    expect([terminal.buffer.active.cursorX, terminal.buffer.active.cursorY]).toEqual([4, 0]);
  });
});
