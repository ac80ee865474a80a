import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOp } from "#test/helpers/ops.ts";
import { apply, codePointLength } from "./op.ts";
import { Versions } from "./versions.ts";

describe("versions", () => {
  it("begin with the empty text, and each knows its op, author and time", () => {
    const versions = new Versions();
    expect([versions.count, versions.textAt(0)]).toEqual([0, ""]);
    versions.push(["hello 🙂"], 0, 1000);
    versions.push([5, "!"], 7, 2500);
    expect(versions.count).toBe(2);
    expect([0, 1, 2].map((version) => versions.textAt(version))).toEqual([
      "",
      "hello 🙂",
      "hello! 🙂",
    ]);
    expect([versions.opAt(2), versions.authorAt(2), versions.timeAt(2)]).toEqual([
      [5, "!"],
      7,
      2500,
    ]);
    expect(() => versions.textAt(3)).toThrow("no version 3");
    expect(() => versions.authorAt(0)).toThrow("no version 0");
  });

  it("are had in any order, across key frames", () => {
    const versions = new Versions();
    const texts = [""];
    for (let version = 1; version <= 3500; version++) {
      const text = texts.at(-1) ?? "";
      const op = version % 7 === 0 ? [-1] : [text.length >> 1, String(version % 10)];
      versions.push(op, version, version);
      texts.push(apply(text, op));
    }
    const order = [3500, 0, 999, 1000, 1001, 3499, 12, 2500, 2499, 2501, 2502, 1, 1000];
    for (const version of order) expect(versions.textAt(version)).toBe(texts[version]);
  });

  it("are what plain application makes, whatever was asked before", () => {
    fc.assert(
      fc.property(fc.gen(), fc.array(fc.nat(30), { maxLength: 40 }), (draw, questions) => {
        const versions = new Versions();
        const texts = [""];
        for (let n = 0; n < 30; n++) {
          const text = texts.at(-1) ?? "";
          const op = draw(anyOp, codePointLength(text));
          versions.push(op, n, n);
          texts.push(apply(text, op));
        }
        for (const version of questions) expect(versions.textAt(version)).toBe(texts[version]);
      }),
      { numRuns: 60 },
    );
  });
});
