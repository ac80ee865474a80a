import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { joinPath, parentOf, parseReplPath, ROOT } from "./paths.ts";

/** Pieces that a path of an attacker, or of a careless client, is made of. */
const piece = fc.oneof(
  fc.constantFrom(".", "..", "...", "", "/", "//", "\\", "\0", "~", "C:", "a", ".a", " ", "\n"),
  // Look-alikes and encodings of dots and slashes: names like any other, since nobody decodes them.
  fc.constantFrom("%2e%2e", "%2f", "．．", "‥", "…", "∕", "⁄", "\u202e..", ".\u200b.", "\ud800"),
  fc.string({ unit: "binary" }),
);
const anyPath = fc
  .array(fc.tuple(piece, fc.constantFrom("/", "", "\\", "//")))
  .map((pieces) => pieces.flat().join(""));

function parsed(path: string): string | undefined {
  try {
    return parseReplPath(path);
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

describe("parseReplPath", () => {
  it("[FI1] never leaves the root, whatever comes in", () => {
    const property = fc.property(anyPath, (path) => {
      const result = parsed(path);
      if (result === undefined) return;
      const absolute = resolve("/root/repl", result);
      expect(absolute === "/root/repl" || absolute.startsWith("/root/repl/")).toBe(true);
      expect(absolute).toBe(result === "." ? "/root/repl" : `/root/repl/${result}`);
      expect(parseReplPath(result)).toBe(result);
    });
    fc.assert(property, { seed: 3, numRuns: 5000 });
  });

  it.each([
    ["", "."],
    [".", "."],
    ["./", "."],
    ["a", "a"],
    ["a/", "a"],
    ["./a//b/./c/", "a/b/c"],
    ["a/../b", "b"],
    ["a/b/../..", "."],
    ["..a/b..", "..a/b.."],
    ["a\\..\\b", "a\\..\\b"],
    ["ä/😀", "ä/😀"],
  ])("reads %j as %j", (path, expected) => {
    expect(parseReplPath(path)).toBe(expected);
  });

  it.each([
    ["..", "permission denied"],
    ["../a", "permission denied"],
    ["a/../../b", "permission denied"],
    ["./..", "permission denied"],
    ["/", "permission denied"],
    ["/etc/passwd", "permission denied"],
    ["a\0b", "invalid argument"],
    ["../\0", "invalid argument"],
    ["a/".repeat(3000), "file name too long"],
  ])("[FI1] refuses %j: %s", (path, why) => {
    expect(() => parseReplPath(path)).toThrow(why);
  });

  it("takes a long path apart in no time", () => {
    expect(parseReplPath("a/../".repeat(800))).toBe(ROOT);
  });
});

describe("parentOf and joinPath", () => {
  it("undo each other", () => {
    for (const path of ["a", "a/b", "a/b/c"].map(parseReplPath)) {
      expect(joinPath(parentOf(path), path.slice(path.lastIndexOf("/") + 1))).toBe(path);
    }
    expect(parentOf(ROOT)).toBe(ROOT);
  });
});
