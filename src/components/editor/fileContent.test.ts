import { describe, expect, it } from "vitest";
import { describeSize, hexDump, mediaOf } from "./fileContent.ts";

describe("a file that is not text", () => {
  it("is a picture, a sound or a film by its extension", () => {
    expect(mediaOf("a/Cat.PNG")).toEqual({ kind: "image", type: "image/png" });
    expect(mediaOf("a.mp3")?.kind).toBe("audio");
    expect(mediaOf("a.bin")).toBeUndefined();
  });

  it("has a size that people can read", () => {
    expect([1, 512, 4_300, 1_048_576, 5e12].map(describeSize)).toEqual([
      "1 byte",
      "512 bytes",
      "4.2 KB",
      "1.0 MB",
      "4656.6 GB",
    ]);
  });

  it("is dumped in rows of sixteen bytes", () => {
    const bytes = Uint8Array.from([0, 65, 255, ...Array.from({ length: 14 }, () => 10)]);
    expect(hexDump(bytes).split("\n")).toEqual([
      `00000000  00 41 ff ${"0a ".repeat(13)} ·A··············`,
      `00000010  0a ${" ".repeat(45)} ·`,
    ]);
  });
});
