import { expect, test } from "vitest";
import {
  addVersionNames,
  addVersionSaves,
  nameOfVersion,
  versionNameEntry,
} from "./versionNames.ts";

const line = (version: number, ms: number, name: string, userId = 7) =>
  `${JSON.stringify({ userId, name: "Ada", atMs: 1, entry: JSON.parse(versionNameEntry(version, ms, name)) })}\n`;

test("versions have the last name that anybody gave them", () => {
  const first = addVersionNames({}, line(3, 1000.25, "draft") + line(4, 2000, "done", 8));
  expect(nameOfVersion(first, 3, 1000.25)).toEqual({ name: "draft", userId: 7 });
  expect(nameOfVersion(first, 4, 2000)).toEqual({ name: "done", userId: 8 });
  // The third version of another text, or of another past of this one.
  expect(nameOfVersion(first, 3, 1001)).toBeUndefined();
  const second = addVersionNames(first, line(3, 1000.25, "") + line(4, 2000, "final"));
  expect(nameOfVersion(second, 3, 1000.25)).toBeUndefined();
  expect(nameOfVersion(second, 4, 2000)?.name).toBe("final");
});

test("what makes no sense names nothing", () => {
  const entries = [
    { version: "1" },
    { version: "1", committedMs: 2, name: "a" },
    { version: 1, name: "b" },
  ];
  const stamped = entries.map((entry) => JSON.stringify({ userId: 1, entry }));
  const lines = ["no json", '{"userId":1}', "null", ...stamped, ""].join("\n");
  expect(addVersionNames({}, lines)).toEqual({});
  expect(addVersionSaves({}, lines)).toEqual({});
});
