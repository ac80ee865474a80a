import { describe, expect, test } from "vitest";
import { findFileLinks } from "./fileLinks.ts";
import { keyMeaning } from "./terminalKeys.ts";

const key = (chord: string) => {
  const parts = chord.split("+");
  return {
    key: parts.at(-1) ?? "",
    ctrlKey: parts.includes("Ctrl"),
    shiftKey: parts.includes("Shift"),
    altKey: parts.includes("Alt"),
    metaKey: parts.includes("Meta"),
  };
};

describe("keys in a terminal", () => {
  test.each([
    ["Ctrl+c", false, "program"],
    ["Ctrl+c", true, "copy"],
    ["Ctrl+Shift+C", true, "copy"],
    ["Ctrl+Shift+V", false, "paste"],
    ["Ctrl+v", false, "paste"],
    ["Shift+Insert", false, "paste"],
    ["Ctrl+Insert", true, "copy"],
    ["Ctrl+Shift+F", false, "search"],
    ["Meta+c", true, "copy"],
    ["Meta+v", false, "paste"],
    ["F1", false, "app"],
    ["F6", false, "app"],
    ["Alt+3", false, "app"],
    ["Ctrl+`", false, "app"],
    // AltGr on German, French and Nordic keyboards.
    ["Ctrl+Alt+{", false, "program"],
    ["Ctrl+Alt+~", false, "program"],
    ["Ctrl+r", false, "program"],
    ["Ctrl+p", false, "program"],
    ["a", false, "program"],
  ])("%s with a selection: %s → %s", (chord, hasSelection, meaning) => {
    expect(keyMeaning(key(chord), hasSelection)).toBe(meaning);
  });
});

describe("files in output", () => {
  test.each([
    ["src/app.ts:12:5 - error", "src/app.ts", 12, 5],
    ["    at Object.<anonymous> (/home/ada/x.js:3:9)", "/home/ada/x.js", 3, 9],
    ["./main.py:7", "./main.py", 7, undefined],
    ["src/app.ts(4,2): error TS1005", "src/app.ts", 4, 2],
    ['  File "main.py", line 3, in <module>', "main.py", 3, undefined],
  ])("%s", (text, path, line, column) => {
    expect(findFileLinks(text)).toEqual([expect.objectContaining({ path, line, column })]);
    const [found] = findFileLinks(text);
    expect(text.slice(found?.start, found?.end)).toContain(path);
  });

  test.each(["at 12:30 we met", "note: this", "http://localhost:3000", "1.5:1"])(
    "%s names no file",
    (text) => expect(findFileLinks(text)).toEqual([]),
  );
});
