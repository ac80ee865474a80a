import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { mulberry32, type Random, randomBelow } from "#common/lib/random.ts";
import { apply, invert } from "./op.ts";
import { Text } from "./text.ts";

/** All that can be asked of a text, with a range to ask about. */
interface Facts {
  readonly text: string;
  readonly lengths: readonly number[];
  readonly crc32: number;
  readonly range: string;
  readonly offset: number;
  readonly position: number;
}

function factsOf(text: Text, from: number, to: number): Facts {
  const offset = text.codePointToUtf16(from);
  return {
    text: text.toString(),
    lengths: [text.length, text.utf16Length, text.byteLength],
    crc32: text.crc32(),
    range: text.slice(from, to),
    offset,
    position: text.utf16ToCodePoint(offset),
  };
}

/** The same of a text as a list of characters. */
function modelFactsOf(model: readonly string[], from: number, to: number): Facts {
  const text = model.join("");
  return {
    text,
    lengths: [model.length, text.length, Buffer.byteLength(text)],
    crc32: zlibCrc32(text),
    range: model.slice(from, to).join(""),
    offset: model.slice(0, from).join("").length,
    position: from,
  };
}

const characters = ["a", "b", " ", "\n", "\r", "é", "世", "😀", "𝄞"];

function randomText(random: Random, maxLength: number): string[] {
  return Array.from(
    { length: randomBelow(random, maxLength + 1) },
    () => characters[randomBelow(random, characters.length)] ?? "",
  );
}

describe("Text", () => {
  it("is empty at first and again", () => {
    const text = Text.from("");
    expect([text.toString(), text.length, text.crc32()]).toEqual(["", 0, 0]);
    text.splice(0, 0, "a😀");
    text.splice(0, 2, "");
    expect([text.toString(), text.length, text.crc32()]).toEqual(["", 0, 0]);
    text.splice(0, 0, "b");
    expect(text.toString()).toBe("b");
  });

  it("applies ops as `apply` does", () => {
    const text = Text.from("a😀b\r\ncdef");
    const op = [1, "𝄞x", -2, 3, "y", -2] as const;
    text.apply(op);
    expect(text.toString()).toBe(apply("a😀b\r\ncdef", op));
  });

  it("tells what takes an op back, as `invert` does", () => {
    const op = [1, "𝄞x", -2, 3, "y", -2] as const;
    const text = Text.from("a😀b\r\ncdef");
    const inverse = text.inverseOf(op);
    expect(inverse).toEqual(invert(op, text.toString()));
    text.apply(op);
    text.apply(inverse);
    expect(text.toString()).toBe("a😀b\r\ncdef");
  });

  it.each([1, 2, 3, 4])("agrees with a list of characters, seed %d", (seed) => {
    const random = mulberry32(seed);
    const model = randomText(random, 3000);
    const text = Text.from(model.join(""));
    for (let round = 0; round < 6; round++) {
      // Rounds grow and shrink the text, so that leaves and branches come and go.
      const longest = [3, 40, 2000][round % 3] ?? 0;
      const grows = round % 4 < 2;
      for (let i = 0; i < 40; i++) {
        const position = randomBelow(random, model.length + 1);
        const room = Math.min(model.length - position, grows ? 3 : longest);
        const deleted = randomBelow(random, room + 1);
        const insert = randomText(random, grows ? longest : 2);
        text.splice(position, deleted, insert.join(""));
        model.splice(position, deleted, ...insert);
      }
      const to = randomBelow(random, model.length + 1);
      const from = randomBelow(random, to + 1);
      expect(factsOf(text, from, to)).toEqual(modelFactsOf(model, from, to));
    }
  });

  it.each([
    ["on", 1],
    ["backwards", 0],
  ])("agrees while someone types %s at one place, deleting now and then", (_, step) => {
    const random = mulberry32(9);
    const model = randomText(random, 20_000);
    const text = Text.from(model.join(""));
    let position = model.length >> 1;
    const checksums: number[] = [];
    const expected: number[] = [];
    for (let i = 0; i < 5000; i++) {
      const character = characters[randomBelow(random, characters.length)] ?? "";
      text.splice(position, 0, character);
      model.splice(position, 0, character);
      position += step;
      if (i % 7 === 0) {
        text.splice(position - 1, 1, "");
        model.splice(position - 1, 1);
        position--;
      }
      if (i % 50 === 0) {
        checksums.push(text.crc32());
        expected.push(zlibCrc32(model.join("")));
      }
    }
    expect(checksums).toEqual(expected);
    expect(factsOf(text, 100, position)).toEqual(modelFactsOf(model, 100, position));
  });

  it("shrinks to nothing from either end and from the middle", () => {
    for (const place of [0, 0.5, 1]) {
      const random = mulberry32(5);
      const model = randomText(random, 20_000);
      const text = Text.from(model.join(""));
      const checksums: number[] = [];
      const expected: number[] = [];
      while (model.length > 0) {
        const count = Math.min(model.length, 1 + randomBelow(random, 90));
        const position = Math.floor((model.length - count) * place);
        text.splice(position, count, "");
        model.splice(position, count);
        if (count % 9 === 0) {
          checksums.push(text.crc32());
          expected.push(zlibCrc32(model.join("")));
        }
      }
      expect(checksums).toEqual(expected);
      expect(text.toString()).toBe("");
    }
  });

  it("takes a replacement of everything", () => {
    const text = Text.from("x😀".repeat(10_000));
    text.splice(0, 20_000, "𝄞".repeat(3000));
    expect(text.toString()).toBe("𝄞".repeat(3000));
    expect(text.crc32()).toBe(zlibCrc32("𝄞".repeat(3000)));
  });

  it("clones to something independent", () => {
    const text = Text.from("abc");
    const copy = text.clone();
    text.splice(0, 1, "");
    expect([text.toString(), copy.toString()]).toEqual(["bc", "abc"]);
  });

  it("does not reach outside of itself", () => {
    const text = Text.from("a😀");
    expect(() => text.splice(3, 0, "x")).toThrow("outside");
    expect(() => text.splice(1, 2, "")).toThrow("outside");
    expect(() => text.splice(-1, 1, "")).toThrow("outside");
    expect(() => text.slice(1, 3)).toThrow("outside");
    expect(() => text.slice(2, 1)).toThrow("outside");
    expect(() => text.codePointToUtf16(3)).toThrow("outside");
    expect(() => text.utf16ToCodePoint(4)).toThrow("outside");
    expect(text.toString()).toBe("a😀");
  });
});
