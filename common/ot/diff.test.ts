import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { apply, normalize } from "./op.ts";
import { diff } from "./diff.ts";

const pieces = fc.constantFrom("a", "b", "😀", "😁", "é", "\n", "\r\n", "line one\n", "\uFEFF");
const texts = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(""));

describe("diff", () => {
  it("[OT24] makes one text of the other, in normal form", () => {
    fc.assert(
      fc.property(texts, texts, (from, to) => {
        const op = diff(from, to);
        expect(apply(from, op)).toBe(to);
        expect(normalize(op)).toEqual(op);
      }),
      { numRuns: 2000 },
    );
  });

  it("never cuts a surrogate pair", () => {
    // The two share their first half in the first case and their second half in the other.
    expect(diff("x😀y", "x😁y")).toEqual([1, -1, "😁"]);
    expect(diff("x\u{1F600}y", "x\u{1FA00}y")).toEqual([1, -1, "\u{1FA00}"]);
  });

  it("keeps what both begin and end with, and what did not change between", () => {
    expect(diff("same", "same")).toEqual([]);
    expect(diff("one two three", "one 2 three")).toEqual([4, -3, "2"]);
    expect(diff("", "all")).toEqual(["all"]);
    expect(diff("all", "")).toEqual([-3]);
  });

  it("holds on to anything rather than to white space", () => {
    expect(diff("a1\nb", "2\n3\na4")).toEqual(["2\n3\n", 1, -3, "4"]);
    expect(diff("a1\nb", "2\n3\nc4")).toEqual([-2, "2", 1, -1, "3\nc4"]);
  });

  it("finds likeness by characters, not by halves of them", () => {
    // All have their first half in common, which must not count.
    const emoji = (codes: readonly number[]): string =>
      String.fromCodePoint(...codes.map((code) => 0x1f600 + code));
    expect(diff(emoji([1, 2, 3, 4, 5, 6, 7]), emoji([8, 9, 1, 2]))).toEqual([emoji([8, 9]), 2, -5]);
  });

  const lines = (count: number, seed: number): string[] => {
    const random = mulberry32(seed);
    return Array.from({ length: count }, (_, i) => `${i} ${randomBelow(random, 1e9)}`);
  };

  it("touches only what changed in a large text with changes far apart", () => {
    const before = lines(20_000, 1);
    const after = before.flatMap((line, i) =>
      i % 1000 === 500 ? [`${line}!`, "new"] : i % 1000 === 0 ? [] : [line],
    );
    const op = diff(before.join("\n"), after.join("\n"));
    expect(apply(before.join("\n"), op)).toBe(after.join("\n"));
    expect(op.filter((part) => typeof part === "string").join("")).toBe("!\nnew".repeat(20));
  });

  it.each([
    ["nothing alike", lines(50_000, 1).join("\n"), lines(50_000, 2).join("\n")],
    ["one long line", "ab".repeat(1_000_000), "ba".repeat(1_000_000)],
    ["the same few lines", "a\nb\nc\n".repeat(100_000), "c\nb\na\n".repeat(100_000)],
    ["lines in reverse", lines(50_000, 1).join("\n"), lines(50_000, 1).reverse().join("\n")],
    ["nested repeats", "x\n".repeat(100_000) + "y\n".repeat(100_000), "y\nx\n".repeat(100_000)],
  ])("takes no longer than a moment for %s", (_, from, to) => {
    const startMs = performance.now();
    const op = diff(from, to);
    expect(performance.now() - startMs).toBeLessThan(1500);
    expect(apply(from, op) === to).toBe(true);
  });
});
