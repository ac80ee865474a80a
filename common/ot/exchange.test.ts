import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOp } from "#test/helpers/ops.ts";
import { exchange } from "./exchange.ts";
import { apply, codePointLength, normalize, type Op } from "./op.ts";

const TEXT = "abcdefgh";

function result(was: string, is: string, ...rest: readonly string[]): string {
  const ops = exchange(parseOp(was), parseOp(is), rest.map(parseOp));
  return ops.reduce(apply, apply(TEXT, parseOp(is)));
}

/** A replacement by characters that are nowhere else. */
const edit = fc.record({ at: fc.nat(1000), remove: fc.nat(4), insert: fc.nat(3) });

describe("exchange", () => {
  it("leaves what follows as it is when the edit is the same", () => {
    const [was, rest] = [parseOp("2 +XY"), [parseOp("3 +1"), parseOp("3 -1 2 +2")]];
    expect(exchange(was, was, rest)).toEqual(rest);
  });

  it("[CL25] carries edits along with text that stands elsewhere", () => {
    expect(result("1 +XYZ", "6 +XYZ", "2 +!", "3 -1")).toBe("abcdefX!Zgh");
  });

  it("[CL25] does not bring back what was deleted after it", () => {
    expect(result("1 +XYZ", "6 +XYZ", "2 -1", "-1")).toBe("bcdefXZgh");
  });

  it("[OT5] puts what was typed behind what was committed at the same place", () => {
    expect(result("4 +by", "4 +bye", "6 +!")).toBe("abcdbye!efgh");
  });

  it("keeps text whose neighbours are gone where they were", () => {
    expect(result("1 +XYZ", "1 +Q", "2 +!")).toBe("a!Qbcdefgh");
    expect(result("1 +X", "", "2 +!")).toBe("a!bcdefgh");
    expect(result("+X", "-8", "3 +!")).toBe("!");
  });

  it("[CL25] has every character once that was typed after it, and none that was deleted", () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.nat(8),
        fc.array(edit, { maxLength: 8 }),
        (first, second, edits) => {
          const [was, is] = [first, second].map((at) => normalize([at, "😀YZ"]));
          if (was === undefined || is === undefined) return;
          let text = apply(TEXT, was);
          let next = 0x4e00;
          const rest: Op[] = edits.map(({ at, remove, insert }) => {
            const length = codePointLength(text);
            const from = at % (length + 1);
            const typed = Array.from({ length: insert }, () => String.fromCodePoint(next++));
            const op = normalize([from, typed.join(""), -Math.min(remove, length - from)]);
            text = apply(text, op);
            return op;
          });
          const made = exchange(was, is, rest).reduce(apply, apply(TEXT, is));
          expect(Array.from(made).toSorted()).toEqual(Array.from(text).toSorted());
          expect(first === second ? made : text).toBe(text);
        },
      ),
    );
  });
});
