import { expect, test } from "vitest";
import { addVersionNames, nameOfVersion, versionNameEntry } from "./versionNames.ts";

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
  const lines = 'no json\n{"userId":1}\n{"userId":1,"entry":{"version":"1"}}\nnull\n';
  expect(addVersionNames({}, lines)).toEqual({});
});
