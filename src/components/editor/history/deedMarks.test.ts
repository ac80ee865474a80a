import { expect, test } from "vitest";
import { applyChatLine, type ChatEntry, type ChatItem } from "#common/chat/log.ts";
import { addVersionSaves, versionSaveEntry } from "#store/metadata/versionNames.ts";
import { deedMarks, withSaves } from "./deedMarks.ts";

/** Ten versions, one a minute from minute 1 on. */
const versions = { count: 10, timeAt: (version: number) => version * 60_000 };

function logOf(...entries: readonly (readonly [minute: number, entry: ChatEntry])[]) {
  return entries.reduce<readonly ChatItem[]>(
    (items, [minute, entry]) =>
      applyChatLine(items, { userId: 1, name: "Ada", atMs: minute * 60_000, entry }),
    [],
  );
}

test("a run stands at the version that it ran, and tells whether it failed", () => {
  const items = logOf(
    [3.5, { kind: "ran", id: "a", command: "node a.js" }],
    [3.6, { kind: "ended", run: "a", code: 0, durationMs: 5 }],
    [7.2, { kind: "ran", id: "b", command: "node a.js" }],
    [7.3, { kind: "ended", run: "b", code: 1, durationMs: 5 }],
    [99, { kind: "ran", id: "c", command: "node a.js" }],
    [100, { kind: "ended", run: "c", code: 143, durationMs: 5 }],
  );
  const marks = deedMarks(versions, "a.js", items);
  expect(marks.map(({ version, kind }) => [version, kind])).toEqual([
    [3, "ran"],
    [7, "failed"],
    [10, "ran"],
  ]);
});

test("the last of several at one version counts, and what was before the first is left out", () => {
  const items = logOf(
    [0.5, { kind: "ran", id: "a", command: "x" }],
    [2.1, { kind: "ran", id: "b", command: "first" }],
    [2.9, { kind: "ran", id: "c", command: "second" }],
  );
  const marks = deedMarks(versions, "a.js", items);
  expect(marks).toMatchObject([{ version: 2, atMs: 2.9 * 60_000 }]);
});

test("only this file's restorations are marked, and nothing else that happens", () => {
  const items = logOf(
    [2, { kind: "joined" }],
    [3, { kind: "said", id: "m", text: "hello" }],
    [4, { kind: "restored", path: "b.js", version: 1 }],
    [5, { kind: "restored", path: "a.js", version: 2 }],
  );
  const marks = deedMarks(versions, "a.js", items);
  expect(marks.map(({ version, kind }) => [version, kind])).toEqual([[5, "restored"]]);
});

test("what was saved by hand is marked where nothing else is, and for this text only", () => {
  const save = (version: number, atMs: number) => {
    const entry: unknown = JSON.parse(versionSaveEntry(version, atMs));
    return `${JSON.stringify({ userId: 7, name: "Lin", atMs, entry })}\n`;
  };
  const saves = addVersionSaves(
    {},
    save(2, 120_000) + save(3, 180_000) + save(4, 1) + save(99, 9) + "nothing\n",
  );
  const marks = deedMarks(versions, "a.js", logOf([3.5, { kind: "ran", id: "a", command: "x" }]));
  const all = withSaves(marks, versions, saves, (userId) => `user ${userId}`);
  expect(all.map(({ version, kind, words }) => [version, kind, words])).toEqual([
    [2, "saved", "user 7 saved this version"],
    [3, "ran", "Ada ran the program"],
  ]);
});
