import { describe, expect, it } from "vitest";
import { fuzzyMatch, rank } from "./fuzzy.ts";

const best = (query: string, ...texts: readonly string[]) =>
  rank(query, texts, (text) => text, 10).map(({ item }) => item);

describe("matching", () => {
  it("needs all characters in order, in any case", () => {
    expect(fuzzyMatch("mpy", "main.py")).toBeDefined();
    expect(fuzzyMatch("MAIN", "main.py")).toBeDefined();
    expect(fuzzyMatch("ypm", "main.py")).toBeUndefined();
  });

  it("tells which characters were met", () => {
    expect(fuzzyMatch("dp", "DockPane.tsx")?.positions).toEqual([0, 4]);
    expect(fuzzyMatch("main", "src/main.ts")?.positions).toEqual([4, 5, 6, 7]);
  });

  it("takes an empty query as fitting everything", () => {
    expect(best("", "b", "a")).toEqual(["b", "a"]);
  });

  it("keeps positions true where lower case is longer", () => {
    expect(fuzzyMatch("x", "İx")?.positions).toEqual([1]);
  });
});

describe("ranking", () => {
  it("prefers the file's own name to its directories", () => {
    expect(best("store", "store/a/b/c.ts", "src/store.ts")[0]).toBe("src/store.ts");
  });

  it("prefers starts of words and neighbours", () => {
    expect(best("dp", "adapt.ts", "DockPane.ts")[0]).toBe("DockPane.ts");
    expect(best("test", "t-e-s-t.ts", "contest.ts", "test.ts")[0]).toBe("test.ts");
  });

  it("prefers the shorter of two equals", () => {
    expect(best("app", "app.config.ts", "app.ts")[0]).toBe("app.ts");
  });

  it("searches ten thousand paths within a frame or two", () => {
    const paths = Array.from({ length: 10_000 }, (_, n) => `src/part${n % 97}/module${n}/index.ts`);
    const start = performance.now();
    expect(rank("mod42ind", paths, (path) => path, 50).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
