import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { anyOp, parseOp } from "#test/helpers/ops.ts";
import { Blame, blameLines, blameSpans } from "./blame.ts";
import { apply, codePointLength, type Op } from "./op.ts";

/** The version of each code point, as slow and plain as can be. */
function applyNaively(versions: readonly number[], op: Op, version: number): number[] {
  const result: number[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "string") {
      result.push(...Array.from(component, () => version));
    } else {
      if (component > 0) result.push(...versions.slice(at, at + component));
      at += Math.abs(component);
    }
  }
  return [...result, ...versions.slice(at)];
}

function expanded(blame: Blame): number[] {
  return [...blame.runs()].flatMap(({ length, version }) => Array<number>(length).fill(version));
}

function blameOf(...ops: readonly string[]): Blame {
  const blame = new Blame();
  for (const [index, op] of ops.entries()) blame.apply(parseOp(op), index + 1);
  return blame;
}

describe("blame", () => {
  it("knows who inserted each code point, and joins what one version has inserted", () => {
    const blame = blameOf("+hello", "2 +🙂🙂", "4 -1", "+ab");
    expect([...blame.runs()]).toEqual([
      { length: 2, version: 4 },
      { length: 2, version: 1 },
      { length: 2, version: 2 },
      { length: 2, version: 1 },
    ]);
    expect(blame.length).toBe(8);
  });

  it("has nothing left of what is deleted as a whole", () => {
    const blame = blameOf("+hello", "-5", "+x");
    expect([...blame.runs()]).toEqual([{ length: 1, version: 3 }]);
    blame.apply([-1], 4);
    expect([[...blame.runs()], blame.length]).toEqual([[], 0]);
  });

  it("is what the plain way finds", () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const blame = new Blame();
        let text = "";
        let versions: number[] = [];
        for (let version = 1; version <= 30; version++) {
          const op = draw(anyOp, codePointLength(text));
          text = apply(text, op);
          versions = applyNaively(versions, op, version);
          blame.apply(op, version);
          expect(expanded(blame)).toEqual(versions);
          expect(blame.length).toBe(versions.length);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("is what the plain way finds, over many blocks", () => {
    const random = mulberry32(5);
    const blame = new Blame();
    let versions: number[] = [];
    for (let version = 1; version <= 4000; version++) {
      const position = randomBelow(random, versions.length + 1);
      const left = versions.length - position;
      const isDelete = left > 0 && random() < 0.3;
      const edit = isDelete
        ? -Math.min(left, randomBelow(random, version % 500 === 0 ? 400 : 4) + 1)
        : "xy";
      const op: Op = position === 0 ? [edit] : [position, edit];
      versions = applyNaively(versions, op, version);
      blame.apply(op, version);
    }
    expect(versions.length).toBeGreaterThan(1000);
    expect(expanded(blame)).toEqual(versions);
  });

  it("gives lines to whoever inserted the newest of them", () => {
    const text = "one\ntwo\r\n\nfour";
    const blame = blameOf("+one\ntwo\r\n\nfour", "4 +T", "5 -1");
    expect(blameLines(blame, text.replace("two", "Two"))).toEqual([1, 2, 1, 1]);
    expect(blameLines(blameOf("+a\n"), "a\n")).toEqual([1, 0]);
    expect(blameLines(new Blame(), "")).toEqual([0]);
  });

  it("gives of a part what it gives of the whole", () => {
    const random = mulberry32(5);
    const blame = new Blame();
    let text = "";
    for (let version = 1; version <= 300; version++) {
      const at = randomBelow(random, codePointLength(text) + 1);
      const more = ["a", "🙂", "\n", "two\r\n", "x\n\ny"][randomBelow(random, 5)] ?? "";
      const op: Op = at === 0 ? [more] : [at, more];
      blame.apply(op, version);
      text = apply(text, op);
    }
    const whole = blameLines(blame, text);
    const starts = [
      0,
      ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length),
    ];
    for (const [line, start] of starts.entries()) {
      const end = starts[line + 3] ?? text.length;
      const position = codePointLength(text.slice(0, start));
      const part = blameLines(blame, text, { start, end, position });
      expect(part.slice(0, 3)).toEqual(whole.slice(line, line + 3));
    }
  });

  it("gives spans in UTF-16, joined by what they have in common", () => {
    const blame = blameOf("+a🙂b", "3 +🙂", "4 +c", "+z");
    const text = "za🙂b🙂c";
    const author = (version: number) => (version === 4 ? 9 : version === 1 ? 1 : 2);
    expect(blameSpans(blame, text, author)).toEqual([
      { start: 0, end: 1, version: 4 },
      { start: 1, end: 5, version: 1 },
      { start: 5, end: 8, version: 3 },
    ]);
    expect(blameSpans(blame, text, author, { start: 1, end: 4, position: 1 })).toEqual([
      { start: 1, end: 4, version: 1 },
    ]);
  });
});
