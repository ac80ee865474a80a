import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeBetween, lineAndColumn, moveOffset, offsetOf } from "./plainText.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "😀", "🦊", "é"), maxLength: 12 });

/** Half of a surrogate pair at an end. */
const halves = /^[\udc00-\udfff]|[\ud800-\udbff]$/;

describe("the change between two texts", () => {
  it("makes the one of the other, without halving a character", () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const change = changeBetween(before, after);
        const { offset, deleteLength, insert } = change ?? {
          offset: 0,
          deleteLength: 0,
          insert: "",
        };
        const changed = before.slice(0, offset) + insert + before.slice(offset + deleteLength);
        expect(changed).toBe(after);
        expect(insert).not.toMatch(halves);
        expect(before.slice(offset, offset + deleteLength)).not.toMatch(halves);
      }),
    );
  });

  it("is as small as can be", () => {
    expect(changeBetween("hello world", "hello big world")).toEqual({
      offset: 6,
      deleteLength: 0,
      insert: "big ",
    });
    expect(changeBetween("aaa", "aa")).toEqual({ offset: 2, deleteLength: 1, insert: "" });
    expect(changeBetween("x", "x")).toBeUndefined();
  });
});

describe("offsets in files with CRLF", () => {
  const file = "ab\r\ncd\r\n\r\nef";
  const shown = file.replaceAll("\r\n", "\n");

  it("go there and back", () => {
    for (let offset = 0; offset <= shown.length; offset++) {
      const there = moveOffset(file, offset, "to-file");
      expect(file.slice(0, there).replaceAll("\r\n", "\n")).toBe(shown.slice(0, offset));
      expect(moveOffset(file, there, "to-shown")).toBe(offset);
    }
  });
});

describe("lines and columns", () => {
  it("count from one", () => {
    expect(lineAndColumn("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
    expect(lineAndColumn("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
  });

  it("end where the line ends", () => {
    expect(offsetOf("ab\ncd\n", 1, 99)).toBe(2);
    expect(offsetOf("ab\ncd\n", 2, 2)).toBe(4);
    expect(offsetOf("ab\ncd", 99, 1)).toBe(3);
  });
});
