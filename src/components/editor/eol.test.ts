import fc from "fast-check";
import { expect, test } from "vitest";
import {
  difference,
  eolOf,
  keepsUniform,
  toFileChange,
  toFileOffset,
  toModelOffset,
  toModelText,
} from "./eol.ts";

const text = fc
  .array(fc.constantFrom("a", "bc", "\n", "\r\n", "\r", "🦩", " "), { maxLength: 30 })
  .map((parts) => parts.join(""));

test.each([
  ["", { kind: "uniform", eol: "\n" }],
  ["a\nb\n", { kind: "uniform", eol: "\n" }],
  ["a\r\nb\r\n", { kind: "uniform", eol: "\r\n" }],
  ["a\r\nb\r\nc\n", { kind: "mixed", inserted: "\r\n" }],
  ["a\rb\n", { kind: "mixed", inserted: "\n" }],
])("%j", (file, eol) => {
  expect(eolOf(file)).toEqual(eol);
});

test("a pair of \\r\\n keeps a CRLF text uniform, a lone half does not", () => {
  expect(keepsUniform("a\r\nb", "\r\n")).toBe(true);
  expect(keepsUniform("a\nb", "\r\n")).toBe(false);
  expect(keepsUniform("a\r", "\r\n")).toBe(false);
  expect(keepsUniform("a\r\n", "\n")).toBe(false);
});

test("offsets of the model and of a mixed file lead to the same place", () => {
  fc.assert(
    fc.property(text, fc.nat(40), (file, at) => {
      const model = toModelText(file, { kind: "mixed", inserted: "\n" });
      const offset = Math.min(at, model.length);
      const there = toFileOffset(file, offset);
      expect(toModelOffset(file, there)).toBe(offset);
      expect(toModelText(file.slice(0, there), { kind: "mixed", inserted: "\n" })).toBe(
        model.slice(0, offset),
      );
    }),
  );
});

test("an edit of the model makes the same edit of a mixed file", () => {
  fc.assert(
    fc.property(
      text,
      fc.nat(40),
      fc.nat(5),
      fc.constantFrom("", "x", "\n"),
      (file, at, n, insert) => {
        const mixed = { kind: "mixed", inserted: "\r\n" } as const;
        const model = toModelText(file, mixed);
        const offset = Math.min(at, model.length);
        const deleteLength = Math.min(n, model.length - offset);
        const change = toFileChange(file, { offset, deleteLength, insert }, mixed.inserted);
        const after =
          file.slice(0, change.offset) +
          change.insert +
          file.slice(change.offset + change.deleteLength);
        const wanted = model.slice(0, offset) + insert + model.slice(offset + deleteLength);
        // A lone \r that comes to stand before a \n is one line end, not two: the model follows the file.
        fc.pre(
          !/\r$/.test(file.slice(0, change.offset)) || !/^\n/.test(after.slice(change.offset)),
        );
        expect(toModelText(after, mixed)).toBe(wanted);
      },
    ),
  );
});

test("the difference turns one text into the other and cuts no pair", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { offset, deleteLength, insert } = difference(before, after);
      expect(before.slice(0, offset) + insert + before.slice(offset + deleteLength)).toBe(after);
      expect(() => encodeURIComponent(insert)).not.toThrow();
    }),
  );
});
