import fc from "fast-check";
import { type TextOp, type as oracle } from "ot-text-unicode";
import { describe, expect, it } from "vitest";
import { anyOp, anyText } from "#test/helpers/ops.ts";
import {
  apply,
  codePointLength,
  compose,
  composeAll,
  invert,
  lengthDelta,
  normalize,
  type Op,
  type Side,
  transform,
  transformOp,
  transformPosition,
  validate,
} from "./op.ts";

const sides = fc.constantFrom<Side>("left", "right");

/** A text and two ops on it. */
const concurrent = anyText().chain((text) => {
  const length = codePointLength(text);
  return fc.record({ text: fc.constant(text), a: anyOp(length), b: anyOp(length) });
});

/** A text and three ops, each on what the one before has made. */
const sequence = anyText().chain((text) =>
  anyOp(codePointLength(text)).chain((a) =>
    anyOp(codePointLength(apply(text, a))).chain((b) =>
      anyOp(codePointLength(apply(apply(text, a), b))).map((c) => ({ text, a, b, c })),
    ),
  ),
);

/** The op as `ot-text-unicode` writes it. */
function foreign(op: Op): TextOp {
  return op.map((part) => (typeof part === "number" && part < 0 ? { d: -part } : part));
}

describe("laws", () => {
  it("applying a composition does what applying one after the other does", () => {
    fc.assert(
      fc.property(sequence, ({ text, a, b }) => {
        expect(apply(text, compose(a, b))).toBe(apply(apply(text, a), b));
      }),
    );
  });

  it("composition associates in its effect", () => {
    fc.assert(
      fc.property(sequence, ({ text, a, b, c }) => {
        const left = compose(compose(a, b), c);
        const right = compose(a, compose(b, c));
        expect(apply(text, left)).toBe(apply(text, right));
      }),
    );
  });

  it("composing many at once does what they do one after another", () => {
    const many = fc.tuple(anyText(), fc.array(fc.infiniteStream(fc.nat()), { maxLength: 20 }));
    fc.assert(
      fc.property(many, ([text, seeds]) => {
        const ops: Op[] = [];
        let end = text;
        for (const numbers of seeds) {
          const next = (below: number): number => (numbers.next().value ?? 0) % below;
          const position = next(codePointLength(end) + 1);
          const deleted = next(Math.min(codePointLength(end) - position, 3) + 1);
          const inserted = ["", "a", "😀b"][next(3)] ?? "";
          const op = normalize([position, inserted, -deleted]);
          ops.push(op);
          end = apply(end, op);
        }
        expect(apply(text, composeAll(ops))).toBe(end);
      }),
      { numRuns: 300 },
    );
  });

  it("[OT5] either order of two concurrent ops ends in one text (TP1)", () => {
    fc.assert(
      fc.property(concurrent, ({ text, a, b }) => {
        const [aPrime, bPrime] = transform(a, b);
        expect(apply(apply(text, a), bPrime)).toBe(apply(apply(text, b), aPrime));
      }),
      { numRuns: 1000 },
    );
  });

  it("the inverse undoes", () => {
    fc.assert(
      fc.property(sequence, ({ text, a }) => {
        expect(apply(apply(text, a), invert(a, text))).toBe(text);
      }),
    );
  });

  it("[OT10] carried positions keep their order and stay inside", () => {
    const property = fc.property(concurrent, fc.nat(20), fc.nat(20), sides, (c, p, q, side) => {
      const length = codePointLength(c.text);
      const from = Math.min(p, q, length);
      const to = Math.min(Math.max(p, q), length);
      const moved = transformPosition(from, c.a, side);
      expect(moved).toBeLessThanOrEqual(transformPosition(to, c.a, side));
      expect(moved).toBeLessThanOrEqual(transformPosition(from, c.a, "right"));
      expect(moved).toBeGreaterThanOrEqual(0);
      expect(moved).toBeLessThanOrEqual(length + lengthDelta(c.a));
    });
    fc.assert(property);
  });

  it("[OT3] every result is in normal form and fits its text", () => {
    fc.assert(
      fc.property(concurrent, sequence, (both, chain) => {
        const results: [Op, string][] = [
          [compose(chain.a, chain.b), chain.text],
          [invert(chain.a, chain.text), apply(chain.text, chain.a)],
          [transformOp(both.a, both.b, "left"), apply(both.text, both.b)],
          [transformOp(both.a, both.b, "right"), apply(both.text, both.b)],
        ];
        for (const [op, text] of results) {
          expect(normalize(op)).toEqual(op);
          validate(op, codePointLength(text));
        }
      }),
    );
  });
});

describe("a list of characters as the model", () => {
  it("[OT1] agrees on apply and on lengths", () => {
    fc.assert(
      fc.property(concurrent, ({ text, a }) => {
        const characters = Array.from(text);
        let at = 0;
        for (const part of a) {
          if (typeof part === "string") {
            characters.splice(at, 0, ...Array.from(part));
            at += Array.from(part).length;
          } else if (part > 0) {
            at += part;
          } else {
            characters.splice(at, -part);
          }
        }
        expect(apply(text, a)).toBe(characters.join(""));
        expect(codePointLength(text) + lengthDelta(a)).toBe(characters.length);
      }),
    );
  });
});

describe("ot-text-unicode as the oracle", () => {
  it("agrees on apply", () => {
    fc.assert(
      fc.property(concurrent, ({ text, a }) => {
        expect(apply(text, a)).toBe(oracle.apply(text, foreign(a)));
      }),
    );
  });

  it("[OT3] agrees on transform, component for component", () => {
    fc.assert(
      fc.property(concurrent, sides, ({ a, b }, side) => {
        const expected = oracle.transform(foreign(a), foreign(b), side);
        expect(foreign(transformOp(a, b, side))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("[OT3] agrees on compose, component for component", () => {
    fc.assert(
      fc.property(sequence, ({ a, b }) => {
        expect(foreign(compose(a, b))).toEqual(oracle.compose(foreign(a), foreign(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it("agrees on positions that stay put at an insert", () => {
    fc.assert(
      fc.property(concurrent, fc.nat(20), ({ a }, position) => {
        const expected = oracle.transformPosition(position, foreign(a));
        expect(transformPosition(position, a, "left")).toBe(expected);
      }),
    );
  });
});
