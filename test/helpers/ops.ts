import fc from "fast-check";
import { type Component, normalize, type Op } from "#common/ot/op.ts";

/** Reads an op as tests write it: `"3 +hi -2"` retains 3, inserts "hi", deletes 2. */
export function parseOp(notation: string): Op {
  return notation
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => (word.startsWith("+") ? word.slice(1) : Number(word)));
}

/** Well-formed text with all that is awkward about it: pairs, line ends of both kinds, joiners. */
export function anyText(maxLength = 20): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", "c", " ", "\n") },
    { weight: 2, arbitrary: fc.constantFrom("é", "ß", "世", "\r\n", "\u200d", "\ufeff") },
    { weight: 2, arbitrary: fc.constantFrom("😀", "𝄞", "👩‍👩‍👧") },
  );
  return fc.array(unit, { maxLength }).map((units) => units.join(""));
}

/** Any op in normal form on a text of `length` code points. */
export function anyOp(length: number): fc.Arbitrary<Op> {
  const component = fc.oneof(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: -4, max: -1 }),
    anyText(3).filter((text) => text !== ""),
  );
  return fc.array(component, { maxLength: 7 }).map((components) => {
    const fitting: Component[] = [];
    let left = length;
    for (const next of components) {
      if (typeof next === "number") {
        const size = Math.min(Math.abs(next), left);
        left -= size;
        if (size > 0) fitting.push(next > 0 ? size : -size);
      } else {
        fitting.push(next);
      }
    }
    return normalize(fitting);
  });
}
