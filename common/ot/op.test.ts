import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { parseOp } from "#test/helpers/ops.ts";
import {
  apply,
  codePointLength,
  compose,
  invert,
  isEmpty,
  lengthDelta,
  normalize,
  type Op,
  type Side,
  transform,
  transformOp,
  transformPosition,
  validate,
  wellFormed,
} from "./op.ts";

describe("apply", () => {
  it("retains, inserts and deletes, and keeps what follows", () => {
    expect(apply("hello world", parseOp("3 +y -2"))).toBe("hely world");
  });

  it("[OT1] counts code points, so an emoji is one", () => {
    expect(apply("a😀b😀c", [2, "𝄞", -2])).toBe("a😀𝄞c");
  });

  it("keeps line ends as they are", () => {
    expect(apply("a\r\nb", [1, -1])).toBe("a\nb");
  });

  it("inserts into an empty text and makes one empty", () => {
    expect(apply("", ["hi"])).toBe("hi");
    expect(apply("hi", [-2])).toBe("");
  });

  it("does not reach past the end", () => {
    expect(() => apply("abc", [4, "x"])).toThrow("past the end");
  });
});

describe("transform", () => {
  it.each([
    ["[OT5] puts the first of two inserts at one place first", "2 +a", "2 +b", "2 +a", "3 +b"],
    ["moves an insert behind one before it", "5 +a", "2 +bcd", "8 +a", "2 +bcd"],
    ["keeps an insert inside a deleted range", "4 +a", "2 -5", "2 +a", "2 -2 1 -3"],
    ["keeps an insert before a deleted range", "2 +a", "2 -5", "2 +a", "3 -5"],
    ["keeps an insert behind a deleted range", "7 +a", "2 -5", "2 +a", "2 -5"],
    ["deletes once where two deletes overlap", "2 -5", "4 -5", "2 -2", "2 -2"],
    ["has nothing left of a delete inside another", "4 -2", "2 -6", "", "2 -4"],
    ["has nothing left of two equal deletes", "2 -2", "2 -2", "", ""],
  ])("%s", (_, a, b, aPrime, bPrime) => {
    expect(transform(parseOp(a), parseOp(b))).toEqual([parseOp(aPrime), parseOp(bPrime)]);
  });

  it("counts inserted emoji as one character each", () => {
    expect(transformOp([5, "x"], [1, "😀😀"], "left")).toEqual([7, "x"]);
    expect(transformOp([2, -3], [3, "😀"], "right")).toEqual([2, -1, 1, -2]);
  });

  it("does not swap an insert and a delete that meet", () => {
    expect(transformOp([1, "x", -2], [9, "y"], "right")).toEqual([1, "x", -2]);
    expect(transformOp([1, -2, "x"], [9, "y"], "right")).toEqual([1, -2, "x"]);
  });
});

describe("compose", () => {
  it.each([
    ["+abc", "1 -1", "+ac"],
    ["3 +x", "3 -1", ""],
    ["3 -2", "3 +x", "3 +x -2"],
    ["3 -2", "1 -4", "1 -6"],
    ["+a", "1 +b", "+ab"],
    ["2 +😀", "3 +x", "2 +😀x"],
    ["2 +😀x", "3 -1", "2 +😀"],
  ])("of %o and %o is %o", (a, b, expected) => {
    expect(compose(parseOp(a), parseOp(b))).toEqual(parseOp(expected));
  });
});

describe("invert", () => {
  it("brings back what was deleted", () => {
    const text = "a😀b\r\nc";
    const op: Op = [1, "xy", -2, 1, -1];
    expect(apply(apply(text, op), invert(op, text))).toBe(text);
  });
});

describe("transformPosition", () => {
  it.each<[number, string, Side, number]>([
    [3, "3 +ab", "left", 3],
    [3, "3 +ab", "right", 5],
    [3, "1 +ab", "left", 5],
    [3, "4 +ab", "right", 3],
    [3, "1 -5", "left", 1],
    [3, "1 -2", "left", 1],
    [3, "1 -2 +ab", "left", 1],
    [3, "1 -2 +ab", "right", 3],
    [3, "3 -2", "right", 3],
    [3, "+😀", "left", 4],
    [0, "+a", "left", 0],
  ])("[OT10] carries %d over %o, %s, to %d", (position, op, side, expected) => {
    expect(transformPosition(position, parseOp(op), side)).toBe(expected);
  });
});

describe("normalize", () => {
  it("[OT3] merges neighbours of one sort and drops what does nothing", () => {
    expect(normalize([0, 2, 1, "", "a", "b", -1, -2, "c", 4])).toEqual([3, "ab", -3, "c"]);
    expect(normalize([4])).toEqual([]);
    expect(isEmpty(normalize([1, "", 2]))).toBe(true);
  });

  it("[OT3] does not swap an insert and a delete that meet", () => {
    expect(normalize([1, -1, "a"])).toEqual([1, -1, "a"]);
    expect(normalize([1, "a", -1])).toEqual([1, "a", -1]);
  });
});

describe("lengthDelta", () => {
  it("counts code points", () => {
    expect(lengthDelta([4, "a😀", -3, "b"])).toBe(0);
    expect(lengthDelta(["😀"])).toBe(1);
  });
});

describe("validate", () => {
  it("takes what fits exactly", () => {
    expect(() => validate([2, "a", -3], 5)).not.toThrow();
    expect(() => validate([5], 5)).not.toThrow();
    expect(() => validate([], 0)).not.toThrow();
  });

  it.each<[string, Op, string]>([
    ["nothing retained", [0, "a"], "0 is no number of characters"],
    ["a fraction", [1.5, "a"], "1.5 is no number of characters"],
    ["no number at all", [Number.NaN], "NaN is no number of characters"],
    ["something endless", [Infinity], "Infinity is no number of characters"],
    ["an empty insert", [1, ""], "insert of nothing"],
    ["half a pair", ["\ud83d"], "half a surrogate pair"],
    ["the halves the wrong way round", ["\ude00\ud83d"], "half a surrogate pair"],
    ["a retain past the end", [6], "reaches 6, past the end of the text at 5"],
    ["a delete past the end", [3, "a", -3], "reaches 6, past the end of the text at 5"],
  ])("[OT2] refuses %s", (_, op, reason) => {
    expect(() => validate(op, 5)).toThrow(RequestError);
    expect(() => validate(op, 5)).toThrow(reason);
  });
});

describe("wellFormed", () => {
  it("[OT4] replaces half a surrogate pair and nothing else", () => {
    expect(wellFormed("a\ud83db")).toBe("a\ufffdb");
    expect(wellFormed("\ude00\ud83d")).toBe("\ufffd\ufffd");
    expect(wellFormed("😀\ud83d")).toBe("😀\ufffd");
    expect(wellFormed("\ud83d😀é")).toBe("\ufffd😀é");
    expect(wellFormed("a😀\r\n")).toBe("a😀\r\n");
  });
});

describe("codePointLength", () => {
  it("counts a pair as one and half a pair as one", () => {
    expect(codePointLength("")).toBe(0);
    expect(codePointLength("a😀𝄞")).toBe(3);
    expect(codePointLength("\ud83da")).toBe(2);
  });
});
