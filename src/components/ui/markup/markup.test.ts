import { describe, expect, it } from "vitest";
import { mentionPattern } from "#store/chat/mentions.ts";
import { parseMarkup } from "./markup.ts";

/** `text|strong:bold`. */
const names = {
  mention: mentionPattern(["Ada", "Ada Lovelace", "o.k. (me)"]),
  labels: ["Makefile:3", "my notes.md:1"],
};
const draw = (message: string) =>
  parseMarkup(message, names)
    .map(({ kind, text }) => (kind === "text" ? text : `${kind}:${text}`))
    .join("|");

describe("a message", () => {
  it.each([
    ["plain words", "plain words"],
    ["a **b** c", "a |strong:b| c"],
    ["an *emphatic* and _another_", "an |emphasis:emphatic| and |emphasis:another"],
    ["snake_case_name and 2*3*4", "snake_case_name and 2*3*4"],
    ["run `npm test`", "run |code:npm test"],
    ["`**not bold**`", "code:**not bold**"],
    ["```js\nlet a = 1;\n```", "block:let a = 1;"],
    ["so:\n```py\na\n```\nand ```b```", "so:\n|block:a|and |block:b"],
    ["see https://example.com/a?b=1.", "see |link:https://example.com/a?b=1|."],
    ["(https://example.com)", "(|link:https://example.com|)"],
    [`see ![a shot.png](api/images/${"0".repeat(64)}.png)!`, "see |image:a shot.png|!"],
    [`![](api/images/${"0".repeat(64)}.gif)`, "image:image"],
    [`![x](api/images/${"0".repeat(64)}.svg)`, `![x](api/images/${"0".repeat(64)}.svg)`],
    ["![x](https://tracker.example/a.png)", "![x](|link:https://tracker.example/a.png|)"],
    ["look at src/main.ts:12:3 please", "look at |place:src/main.ts:12:3| please"],
    ["main.py:7", "place:main.py:7"],
    ["at 12:30 we meet", "at 12:30 we meet"],
    ["localhost:3000", "localhost:3000"],
    ["**unclosed and `too", "**unclosed and `too"],
    ["@ada and @Ada Lovelace, you", "mention:@ada| and |mention:@Ada Lovelace|, you"],
    ["in Makefile:3, my notes.md:1", "in |place:Makefile:3|, |place:my notes.md:1"],
    ["Makefile:33", "Makefile:33"],
    ["@Adam, me@Ada.org, `@Ada`", "@Adam, me@Ada.org, |code:@Ada"],
    ["@everyone @o.k. (me)!", "mention:@everyone| |mention:@o.k. (me)|!"],
  ])("%j", (message, expected) => expect(draw(message)).toBe(expected));

  it("knows where a place is", () => {
    expect(parseMarkup("lib/a-b.test.ts:4", names)).toEqual([
      { kind: "place", text: "lib/a-b.test.ts:4", path: "lib/a-b.test.ts", line: 4, column: 1 },
    ]);
  });

  it("never becomes anything but text", () => {
    expect(parseMarkup("<img src=x onerror=alert(1)>", names)).toEqual([
      { kind: "text", text: "<img src=x onerror=alert(1)>" },
    ]);
  });
});
