import { expect, it } from "vitest";
import { colorRuns, languageCalled } from "./codeColors.ts";

const all = [
  { id: "javascript", extensions: [".js", ".mjs"], aliases: ["JavaScript", "js"] },
  { id: "csharp", extensions: [".cs"], aliases: ["C#", "csharp"] },
  { id: "shell", extensions: [".sh"], aliases: ["Shell", "sh"] },
  { id: "shell" },
];

it.each([
  ["JS", "javascript"],
  ["mjs", "javascript"],
  ["c#", "csharp"],
  ["sh", "shell"],
  ["", undefined],
  ["klingon", undefined],
])("takes %j for %j", (name, id) => {
  expect(languageCalled(all, name)).toBe(id);
});

it("cuts code into runs with the colour of the nearest rule in both themes", async () => {
  const token = (offset: number, type: string) => ({ offset, type, language: "js" });
  const monaco = {
    editor: {
      colorize: async () => "",
      tokenize: () => [
        [token(0, "string.js"), token(2, "string.escape.js")],
        [],
        [token(0, "comment.doc.js")],
      ],
    },
    languages: { getLanguages: () => all },
  } as unknown as Parameters<typeof colorRuns>[0];
  const runs = await colorRuns(monaco, '"a\\n\n\n// b', "js");
  expect(runs?.map(({ text }) => text).join("")).toBe('"a\\n\n// b');
  expect(runs?.map(({ colors, isItalic }) => [...colors, isItalic])).toEqual([
    ["#0a3069", "#a5d6ff", false],
    ["#0550ae", "#79c0ff", false],
    ["#6a737d", "#8b949e", true],
  ]);
});
