import { describe, expect, it } from "vitest";
import { applyThreadLines, type Thread, type ThreadEntry } from "./threads.ts";

function line(userId: number, entry: unknown, atMs = 1): string {
  return `${JSON.stringify({ userId, name: `user ${userId}`, atMs, entry })}\n`;
}

const opened: ThreadEntry = {
  kind: "opened",
  id: "t",
  path: "src/a.ts",
  version: 3,
  from: 5,
  to: 8,
  quote: "two",
  text: "why?",
};

function after(...lines: readonly string[]): readonly Thread[] {
  return applyThreadLines([], lines.join(""));
}

describe("threads", () => {
  it("[MD7] are opened, answered, settled and opened again", () => {
    const [thread] = after(
      line(7, opened),
      line(8, { kind: "replied", thread: "t", id: "r", text: "because" }, 2),
      line(8, { kind: "resolved", thread: "t" }),
    );
    expect(thread).toEqual({
      id: "t",
      path: "src/a.ts",
      anchor: { version: 3, from: 5, to: 8, quote: "two" },
      isResolved: true,
      comments: [
        { id: "t", userId: 7, name: "user 7", atMs: 1, text: "why?", isEdited: false },
        { id: "r", userId: 8, name: "user 8", atMs: 2, text: "because", isEdited: false },
      ],
    });
    expect(after(line(7, opened), line(8, { kind: "reopened", thread: "t" }))).toMatchObject([
      { isResolved: false },
    ]);
  });

  it("[MD8] a comment is changed and taken away by its author only", () => {
    const edit = { kind: "edited", thread: "t", comment: "t", text: "how?" };
    const remove = { kind: "deleted", thread: "t", comment: "t" };
    const texts = (...lines: string[]) =>
      after(line(7, opened), ...lines).flatMap(({ comments }) => comments.map(({ text }) => text));
    expect(texts(line(8, edit), line(8, remove))).toEqual(["why?"]);
    expect(texts(line(7, edit))).toEqual(["how?"]);
    expect(texts(line(7, remove))).toEqual([]);
    const reply = line(8, { kind: "replied", thread: "t", id: "r", text: "because" });
    expect(texts(reply, line(7, remove))).toEqual(["because"]);
  });

  it("[MD7] go with their file, and with the folder that it is in", () => {
    const paths = (from: string, to: string) =>
      after(line(7, opened), line(0, { kind: "moved", from, to })).map(({ path }) => path);
    expect(paths("src/a.ts", "b.ts")).toEqual(["b.ts"]);
    expect(paths("src", "lib/src")).toEqual(["lib/src/a.ts"]);
    expect(paths("sr", "x")).toEqual(["src/a.ts"]);
  });

  it("[MD7] get newer anchors, with the words that they were opened on", () => {
    const anchored = { kind: "anchored", thread: "t", version: 3000, from: 1, to: 0 };
    expect(after(line(7, opened), line(8, anchored))[0]?.anchor).toEqual({
      version: 3000,
      from: 1,
      to: 1,
      quote: "two",
    });
  });

  it("[MD7] pass over whatever makes no sense", () => {
    const lines = [
      "no json\n",
      "{}\n",
      ...[
        1,
        null,
        "x",
        {},
        { kind: "toString" },
        { kind: "resolved" },
        { ...opened, from: -1 },
      ].map((entry) => line(7, entry)),
      line(7, { ...opened, path: 1 }),
      line(7, { kind: "resolved", thread: "unknown" }),
    ];
    expect(after(...lines)).toEqual([]);
    expect(after(line(7, opened), line(8, { ...opened, text: "mine" }))).toMatchObject([
      { comments: [{ text: "why?" }] },
    ]);
  });
});
