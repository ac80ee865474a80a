import fc from "fast-check";
import { crc32 as zlibCrc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { anyText } from "#test/helpers/ops.ts";
import { combine, crc32, crc32OfText, crc32OfUnits, shiftOf } from "./crc32.ts";

describe("crc32", () => {
  it("[OT8] is the one of zlib, unsigned", () => {
    expect(crc32(Buffer.from("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      }),
    );
  });

  it("[OT8] of a text is that of its UTF-8", () => {
    fc.assert(
      fc.property(anyText(60), (text) => {
        expect(crc32OfText(text)).toBe(zlibCrc32(text));
      }),
    );
  });

  it("of a long text does not cut a pair", () => {
    for (const start of ["", "a", "ab", "é"]) {
      const text = start + "😀世".repeat(2000);
      expect(crc32OfText(text)).toBe(zlibCrc32(text));
    }
  });

  it("goes on from the checksum of what came before", () => {
    const whole = zlibCrc32("a😀b\r\n世界");
    expect(crc32(Buffer.from("b\r\n世界"), zlibCrc32("a😀"))).toBe(whole);
    expect(crc32OfText("b\r\n世界", zlibCrc32("a😀"))).toBe(whole);
  });
});

describe("combine", () => {
  it("gives the checksum of two pieces in a row", () => {
    fc.assert(
      fc.property(anyText(40), anyText(40), (a, b) => {
        const shift = shiftOf(Buffer.byteLength(b));
        expect(combine(zlibCrc32(a), zlibCrc32(b), shift)).toBe(zlibCrc32(a + b));
      }),
    );
  });

  it.each([2047, 2048, 4095, 100_000, 5_000_001])("shifts by %d bytes", (size) => {
    const zeros = new Uint8Array(size);
    const whole = zlibCrc32(zeros, zlibCrc32("abc"));
    expect(combine(zlibCrc32("abc"), zlibCrc32(zeros), shiftOf(size))).toBe(whole);
  });
});

describe("crc32OfUnits", () => {
  it("reads only the units it is told to", () => {
    const text = "xx😀abcdefg\r\n";
    const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    expect(crc32OfUnits(units, 2, 9)).toBe(zlibCrc32("😀abcde"));
    expect(crc32OfUnits(units, 4, 4)).toBe(0);
  });
});
