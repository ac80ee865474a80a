import { describe, expect, it } from "vitest";
import { carryCaret, type Caret } from "./caret.ts";
import { apply, type Op } from "./op.ts";

const caret = (position: number): Caret => ({
  position,
  selectionStart: position,
  selectionEnd: position,
});
const selection = (selectionStart: number, selectionEnd: number, position: number): Caret => ({
  position,
  selectionStart,
  selectionEnd,
});
const ends = ({ position, selectionStart, selectionEnd }: Caret) => [
  selectionStart,
  selectionEnd,
  position,
];

describe("a caret", () => {
  it("[CL27] moves on with what its owner types, and stays before what others insert there", () => {
    expect(carryCaret(caret(3), [3, "ab"], "owner")).toEqual(caret(5));
    expect(carryCaret(caret(3), [3, "ab"], "others")).toEqual(caret(3));
    expect(carryCaret(caret(3), [2, "ab"], "others")).toEqual(caret(5));
    expect(carryCaret(caret(3), [1, -4], "others")).toEqual(caret(1));
  });

  it("[CL27] that selects takes in nothing that others insert at its edges", () => {
    expect(ends(carryCaret(selection(2, 4, 2), [2, "ab"], "others"))).toEqual([4, 6, 4]);
    expect(ends(carryCaret(selection(2, 4, 4), [4, "ab"], "others"))).toEqual([2, 4, 4]);
    expect(ends(carryCaret(selection(2, 4, 4), [3, "ab"], "others"))).toEqual([2, 6, 6]);
    expect(ends(carryCaret(selection(2, 4, 2), [1, -5, "ab"], "others"))).toEqual([1, 1, 1]);
  });

  it("[CL27] [OT5] lets nobody's letters get between those of two who type at one place", () => {
    let text = "--";
    const carets = new Map([
      ["a", caret(1)],
      ["b", caret(1)],
    ]);
    for (const who of "ababbaab") {
      const { position } = carets.get(who) ?? caret(0);
      const op: Op = [position, who];
      text = apply(text, op);
      for (const [whose, at] of carets) {
        carets.set(whose, carryCaret(at, op, whose === who ? "owner" : "others"));
      }
    }
    expect(text).toMatch(/^-(aaaabbbb|bbbbaaaa)-$/);
  });
});
