import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeUtf8, Utf8Decoder } from "./utf8.ts";

function decodeInPieces(bytes: Uint8Array, cuts: readonly number[]): string {
  const decoder = new Utf8Decoder();
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let text = "";
  let start = 0;
  for (const end of ends) {
    text += decoder.push(bytes.subarray(start, end));
    start = end;
  }
  return text + decoder.flush();
}

test("text survives being cut anywhere", () => {
  const property = fc.property(
    fc.string({ unit: "grapheme" }),
    fc.array(fc.nat()),
    (text, cuts) => {
      expect(decodeInPieces(encodeUtf8(text), cuts)).toBe(text);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 500 });
});

test("any bytes decode to the same text whole or in pieces", () => {
  const property = fc.property(fc.uint8Array(), fc.array(fc.nat()), (bytes, cuts) => {
    expect(decodeInPieces(bytes, cuts)).toBe(decodeInPieces(bytes, []));
  });
  fc.assert(property, { seed: 2, numRuns: 500 });
});

test("a character waits for its last byte", () => {
  const decoder = new Utf8Decoder();
  const [a = 0, b = 0, c = 0, d = 0] = encodeUtf8("😀");
  expect(decoder.push(Uint8Array.of(0x61, a, b))).toBe("a");
  expect(decoder.push(Uint8Array.of(c))).toBe("");
  expect(decoder.push(Uint8Array.of(d, 0x62))).toBe("😀b");
});

test("bytes that are not UTF-8 are replaced, NUL and BOM are kept", () => {
  const decoder = new Utf8Decoder();
  expect(decoder.push(Uint8Array.of(0xef, 0xbb, 0xbf, 0, 0x41, 0xff, 0x42))).toBe(
    "\uFEFF\0A\uFFFDB",
  );
  expect(decoder.push(Uint8Array.of(0xe2, 0x82))).toBe("");
  expect(decoder.flush()).toBe("\uFFFD");
  expect(decoder.push(Uint8Array.of(0x43))).toBe("C");
});
