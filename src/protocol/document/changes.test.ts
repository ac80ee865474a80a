import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codePointLength, wellFormed } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { applyChanges } from "#test/helpers/editor.ts";
import { anyOp, anyText } from "#test/helpers/ops.ts";
import type { TextChange } from "../document.ts";
import { toChanges, toOp } from "./changes.ts";

const change = (offset: number, deleteLength: number, insert: string): TextChange => ({
  offset,
  deleteLength,
  insert,
});

describe("changes of an editor and ops", () => {
  it("[CL20] counts code points in ops and UTF-16 units in changes", () => {
    const text = Text.from("a😀b😀c");
    const changes = [change(3, 1, "𝄞")];
    expect(toOp(text, changes)).toEqual([2, "𝄞", -1]);
    expect(toChanges(text, [2, "𝄞", -1])).toEqual(changes);
  });

  it("[CL20] makes one op of all changes of one event, in whatever order they come", () => {
    const text = Text.from("one two three");
    const changes = [change(8, 5, "3"), change(0, 3, "1"), change(4, 3, "2")];
    expect(toOp(text, changes)).toEqual(["1", -3, 1, "2", -3, 1, "3", -5]);
  });

  it("[CL20] does to the text what the editor did, for any edits", () => {
    const edits = fc.tuple(
      anyText(30),
      fc.array(fc.tuple(fc.nat(100), fc.nat(8), anyText(3)), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(edits, ([before, wanted]) => {
        // Such as an editor makes: none overlaps another.
        const changes: TextChange[] = [];
        let from = 0;
        for (const [skip, deleteLength, insert] of wanted) {
          const offset = from + (skip % 10);
          if (offset > before.length) break;
          const end = Math.min(before.length, offset + deleteLength);
          changes.push(change(offset, end - offset, insert));
          from = end + 1;
        }
        const text = Text.from(before);
        text.apply(toOp(text, changes.toReversed()));
        const editor = applyChanges(before, changes);
        // Where the editor has cut a pair, its half is replaced, and every offset stays the same.
        expect(text.toString()).toHaveLength(editor.length);
        expect(text.toString()).toBe(wellFormed(editor));
      }),
      { numRuns: 1000 },
    );
  });

  it("[CL20] tells the editor the same that an op does to the text", () => {
    const cases = anyText(30).chain((before) =>
      fc.tuple(fc.constant(before), anyOp(codePointLength(before))),
    );
    fc.assert(
      fc.property(cases, ([before, op]) => {
        const text = Text.from(before);
        const changes = toChanges(text, op);
        text.apply(op);
        expect(applyChanges(before, changes)).toBe(text.toString());
      }),
      { numRuns: 1000 },
    );
  });

  it("[OT4] replaces half a pair, typed or left over, and keeps every offset of the editor", () => {
    const text = Text.from("x😀y");
    expect(toOp(text, [change(0, 0, "\uD83D")])).toEqual(["\uFFFD"]);
    expect(toOp(text, [change(2, 1, "")])).toEqual([1, "\uFFFD", -1]);
    expect(toOp(text, [change(1, 1, "")])).toEqual([1, "\uFFFD", -1]);
    expect(toOp(text, [change(2, 0, "-")])).toEqual([1, "\uFFFD-\uFFFD", -1]);
    // Two halves that are left may make a whole.
    expect(toOp(Text.from("😀😁"), [change(1, 2, "")])).toEqual(["😁", -2]);
  });
});
