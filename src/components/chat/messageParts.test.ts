import { expect, test } from "vitest";
import { messageParts } from "./messageParts.ts";

test("a message is split at what a reader can click or copy", () => {
  expect(messageParts("see `npm test` and src/app.ts:12, then https://example.org/a.")).toEqual([
    { kind: "text", text: "see " },
    { kind: "code", text: "npm test" },
    { kind: "text", text: " and " },
    { kind: "place", text: "src/app.ts:12", path: "src/app.ts", line: 12 },
    { kind: "text", text: ", then " },
    { kind: "url", text: "https://example.org/a" },
    { kind: "text", text: "." },
  ]);
});

test("a fenced block keeps its lines and nothing in it is a link", () => {
  expect(messageParts("look:\n```js\nlet a = b.c:1\n```")).toEqual([
    { kind: "text", text: "look:\n" },
    { kind: "block", text: "let a = b.c:1" },
  ]);
});

test("times, scripts and markup stay text", () => {
  for (const text of ["at 12:30", "javascript:alert(1)", "<b>bold</b>", "a `b"]) {
    expect(messageParts(text)).toEqual([{ kind: "text", text }]);
  }
});
