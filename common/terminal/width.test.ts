import { describe, expect, it } from "vitest";
import { createTerminal, feed } from "#test/helpers/terminalState.ts";
import { unicodeWidths } from "./width.ts";

describe("widths of characters", () => {
  it.each([
    ["a", 1],
    ["é", 1],
    ["\u0301", 0],
    ["\u200d", 0],
    ["\ufe0f", 0],
    ["\u00ad", 1],
    ["漢", 2],
    ["한", 2],
    ["ｗ", 2],
    ["🙂", 2],
    ["⚡", 2],
    ["❤", 1],
    ["🇩", 1],
    ["𠀀", 2],
    ["─", 1],
  ])("counts %s as the C library does: %i", (character, width) => {
    const code = character.codePointAt(0) ?? 0;
    expect(unicodeWidths.wcwidth(code)).toBe(width);
    expect(unicodeWidths.wcwidth(code)).toBe(width);
  });

  it("is what terminals go by", () => {
    const terminal = createTerminal({ cols: 20, rows: 2, scrollback: 0 });
    feed(terminal, "a🙂e\u0301漢x");
    expect(terminal.buffer.active.cursorX).toBe(7);
    const cell = (x: number): string | undefined =>
      terminal.buffer.active.getLine(0)?.getCell(x)?.getChars();
    expect([cell(1), cell(3), cell(4), cell(6)]).toEqual(["🙂", "e\u0301", "漢", "x"]);
  });
});
