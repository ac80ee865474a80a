import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ids = [...readFileSync("PROTOCOL.md", "utf8").matchAll(/^- \*\*([A-Z]{2}\d+)\*\*/gm)].map(
  (match) => match[1] ?? "",
);

const testSources = ["common", "container", "src", "test", "e2e", "tools"]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(test|spec)\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  )
  .map((path) => readFileSync(path, "utf8"));

const cited = new Set(
  testSources.flatMap((source) =>
    [...source.matchAll(/\[((?:[A-Z]{2}\d+)(?:[, ]+[A-Z]{2}\d+)*)\]/g)].flatMap((match) =>
      (match[1] ?? "").split(/[, ]+/),
    ),
  ),
);

test("each rule of PROTOCOL.md has an id of its own", () => {
  expect(ids.length).toBeGreaterThan(0);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

test("each rule of PROTOCOL.md is cited by the title of a test", () => {
  expect(ids.filter((id) => !cited.has(id))).toEqual([]);
});

test("each rule that a test cites stands in PROTOCOL.md", () => {
  const known = new Set(ids);
  expect([...cited].filter((id) => !known.has(id))).toEqual([]);
});
