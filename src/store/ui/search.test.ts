import { describe, expect, it } from "vitest";
import {
  matchRanges,
  parseSearch,
  searchCommand,
  initialSearch,
  type SearchQuery,
} from "./search.ts";

const query = (change: Partial<SearchQuery>): SearchQuery => ({
  ...initialSearch.query,
  ...change,
});

describe("the command", () => {
  it("keeps the text apart from options, whatever it begins with", () => {
    const args = searchCommand(query({ text: "-rf" }));
    expect(args.slice(-3)).toEqual(["-e", "-rf", "."]);
    expect(args).toContain("-F");
  });

  it("follows the choices", () => {
    const args = searchCommand(
      query({ text: "a", regex: true, matchCase: true, wholeWord: true, include: "*.ts, *.md" }),
    );
    expect(args).toContain("-E");
    expect(args).not.toContain("-i");
    expect(args).toContain("-w");
    expect(args.filter((arg) => arg.startsWith("--include"))).toEqual([
      "--include=*.ts",
      "--include=*.md",
    ]);
  });
});

describe("the results", () => {
  it("are grouped by file, with colons in names and lines left alone", () => {
    const output = "./a:b.ts\u00003:x: y\r\n./a:b.ts\u00009:z\n./c.ts\u00001:\n";
    expect(parseSearch(output).results).toEqual([
      {
        path: "a:b.ts",
        hits: [
          { line: 3, text: "x: y" },
          { line: 9, text: "z" },
        ],
      },
      { path: "c.ts", hits: [{ line: 1, text: "" }] },
    ]);
  });

  it("are cut when nobody could read them all", () => {
    const output = Array.from({ length: 2_100 }, (_, n) => `./a\u0000${n}:x`).join("\n");
    const { results, cut } = parseSearch(output);
    expect(cut).toBe(true);
    expect(results[0]?.hits).toHaveLength(2_000);
  });
});

describe("marks", () => {
  it("stand where the query does", () => {
    expect(matchRanges(query({ text: "a.b" }), "xa.b A.B")).toEqual([
      [1, 4],
      [5, 8],
    ]);
    expect(matchRanges(query({ text: "a", wholeWord: true }), "a aa a")).toEqual([
      [0, 1],
      [5, 6],
    ]);
    expect(matchRanges(query({ text: "o+", regex: true }), "foo")).toEqual([[1, 3]]);
    expect(matchRanges(query({ text: "[", regex: true }), "[")).toEqual([]);
  });
});
