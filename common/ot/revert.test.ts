import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Blame } from "./blame.ts";
import { apply, codePointLength, invert, normalize, type Op } from "./op.ts";
import { pieceOf, revert } from "./revert.ts";
import { UndoHistory } from "./undo.ts";
import { Versions } from "./versions.ts";

const ADA = 1;
const BOB = 2;
const MINUTE = 60_000;

/** A text with its past, as `[op, author, atMs]`. */
function pastOf(...edits: readonly (readonly [op: Op, author: number, atMs?: number])[]) {
  const versions = new Versions();
  const blame = new Blame();
  for (const [op, author, atMs = 0] of edits) {
    versions.push(op, author, atMs);
    blame.apply(op, versions.count);
  }
  return {
    versions,
    blame,
    without(version: number): string {
      const piece = pieceOf(blame, versions, version);
      return apply(versions.textAt(versions.count), revert(versions, piece));
    },
  };
}

describe("pieceOf", () => {
  it("holds what one person has typed beside it, letter by letter", () => {
    const { blame, versions } = pastOf([["ab"], BOB], [[1, "x"], ADA], [[2, "y"], ADA]);
    expect(pieceOf(blame, versions, 2)).toEqual([2, 3]);
    expect(pieceOf(blame, versions, 3)).toEqual([2, 3]);
    expect(pieceOf(blame, versions, 1)).toEqual([1]);
  });

  it("holds nothing of another place, another person or another time", () => {
    const { blame, versions } = pastOf(
      [["abc"], BOB],
      [[1, "x"], ADA],
      [[3, "y"], ADA],
      [[2, "z"], ADA, 10 * MINUTE],
    );
    expect(pieceOf(blame, versions, 2)).toEqual([2]);
    expect(pieceOf(blame, versions, 4)).toEqual([4]);
  });
});

describe("revert", () => {
  it("takes out what was typed, and brings back what it replaced", () => {
    const past = pastOf([["let a = 1;"], BOB], [[8, "2", -1], ADA], [[9, "0"], ADA]);
    expect(past.without(2)).toBe("let a = 1;");
  });

  it("leaves alone what others have typed inside since", () => {
    const past = pastOf([["()"], BOB], [[1, "adadada"], ADA], [[4, "BOB"], BOB], [["> "], BOB]);
    expect(past.without(2)).toBe("> (BOB)");
  });

  it("does nothing where others have deleted it", () => {
    const past = pastOf([["()"], BOB], [[1, "ada"], ADA], [[1, -3], BOB]);
    expect(revert(past.versions, [2])).toEqual([]);
  });

  it("counts code points", () => {
    const past = pastOf([["😀😀"], BOB], [[1, "🙂"], ADA], [["😀"], BOB]);
    expect(past.without(2)).toBe("😀😀😀");
  });

  it("does what the author's own undo would", () => {
    const edit = fc.record({
      isAda: fc.boolean(),
      at: fc.nat(100),
      remove: fc.nat(3),
      insert: fc.constantFrom("", "x", "yz", "😀"),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), (edits) => {
        let text = "one two three";
        const past: [Op, number][] = [[[text], BOB]];
        const undo = new UndoHistory();
        for (const { isAda, at, remove, insert } of edits) {
          const from = at % (codePointLength(text) + 1);
          const op = normalize([from, insert, -Math.min(remove, codePointLength(text) - from)]);
          if (isAda) undo.record(invert(op, text));
          else undo.applyRemote(op);
          past.push([op, isAda ? ADA : BOB]);
          text = apply(text, op);
        }
        const ofAda = past.flatMap(([, author], index) => (author === ADA ? [index + 1] : []));
        const op = revert(pastOf(...past).versions, ofAda);
        expect(apply(text, op)).toBe(apply(text, undo.undo() ?? []));
      }),
    );
  });
});
