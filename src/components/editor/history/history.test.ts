import { describe, expect, it } from "vitest";
import { diff } from "#common/ot/diff.ts";
import { Versions } from "#common/ot/versions.ts";
import { addVersionNames } from "#store/metadata/versionNames.ts";
import { burstStart, shownVersion } from "./changeMarks.ts";
import { namedVersions } from "./namedVersions.ts";
import { exportHistory } from "./exportHistory.ts";
import { advance } from "./playback.ts";
import { sessionAt, sessionsOf } from "./sessions.ts";

const MINUTE_MS = 60_000;

/** A history of texts, each with its author and the time it was made at. */
function historyOf(...made: readonly (readonly [text: string, author: number, atMs: number])[]) {
  const versions = new Versions();
  let before = "";
  for (const [text, author, atMs] of made) {
    versions.push(diff(before, text), author, atMs);
    before = text;
  }
  return versions;
}

describe("sessions", () => {
  it("end with a long pause, and name whoever did most first", () => {
    const versions = historyOf(
      ["a", 1, 0],
      ["ab", 2, 1_000],
      ["abc", 2, 9 * MINUTE_MS],
      ["abcd", 1, 60 * MINUTE_MS],
    );
    const sessions = sessionsOf(versions);
    expect(sessions).toEqual([
      { first: 1, last: 3, startMs: 0, endMs: 9 * MINUTE_MS, authors: [2, 1] },
      { first: 4, last: 4, startMs: 60 * MINUTE_MS, endMs: 60 * MINUTE_MS, authors: [1] },
    ]);
    expect(sessionAt(sessions, 3)?.first).toBe(1);
    expect(sessionAt(sessions, 5)).toBeUndefined();
  });

  it("go on from those that are known", () => {
    const versions = historyOf(["a", 1, 0], ["ab", 1, 60 * MINUTE_MS]);
    const known = sessionsOf(versions);
    versions.push([2, "c"], 3, 61 * MINUTE_MS);
    versions.push([3, "d"], 3, 120 * MINUTE_MS);
    expect(sessionsOf(versions, known)).toEqual(sessionsOf(versions));
    expect(sessionsOf(new Versions())).toEqual([]);
  });
});

describe("playback", () => {
  const versions = historyOf(["a", 1, 0], ["ab", 1, 400], ["abc", 1, 10_400], ["abcd", 1, 10_500]);

  it("shows each version as long as it stood", () => {
    expect(advance(versions, { version: 1, shownMs: 0 }, 399, false).version).toBe(1);
    expect(advance(versions, { version: 1, shownMs: 399 }, 1, false)).toEqual({
      version: 2,
      shownMs: 0,
    });
    expect(advance(versions, { version: 2, shownMs: 0 }, 9_999, false).version).toBe(2);
  });

  it("cuts pauses short when idle time is skipped, and ends with the newest", () => {
    expect(advance(versions, { version: 2, shownMs: 0 }, 850, true)).toEqual({
      version: 3,
      shownMs: 50,
    });
    expect(advance(versions, { version: 1, shownMs: 0 }, 1e9, true)).toEqual({
      version: 4,
      shownMs: 0,
    });
  });
});

describe("marks", () => {
  it("are those of one person's burst of edits", () => {
    const versions = historyOf(
      ["one two", 0, 0],
      ["one 🙂two", 1, 10_000],
      ["one 🙂two!", 1, 10_500],
      ["🙂two!", 1, 11_000],
      ["🙂two!?", 2, 11_100],
    );
    expect([2, 3, 4, 5].map((version) => burstStart(versions, version))).toEqual([2, 2, 2, 5]);
    expect(shownVersion(versions, 4)).toEqual({
      text: "🙂two!",
      marks: {
        author: 1,
        inserted: [
          { start: 0, end: 2 },
          { start: 5, end: 6 },
        ],
        deleted: [{ at: 0, text: "one " }],
      },
    });
    expect(shownVersion(versions, 5).marks?.inserted).toEqual([{ start: 6, end: 7 }]);
    expect(shownVersion(versions, 1)).toEqual({ text: "one two", marks: undefined });
  });
});

describe("names", () => {
  it("are those of versions of this history, known by number and time", () => {
    const versions = historyOf(["a", 1, 1_000], ["ab", 1, 2_000]);
    const named = (version: number, atMs: number, name: string) =>
      `${JSON.stringify({ userId: 7, entry: { version, committedMs: atMs, name } })}\n`;
    const lines =
      named(2, 2_000, "done") + named(2, 5, "another past") + named(9, 1, "another text");
    expect(namedVersions(versions, addVersionNames({}, lines))).toEqual([
      { version: 2, name: "done", userId: 7 },
    ]);
  });
});

describe("the export", () => {
  it("is one line of JSON for each version, with the final text at the end", () => {
    const versions = historyOf(["one", 0, 0], ["one!", 7, 1_500]);
    const lines = exportHistory("src/a.txt", versions, (id) => (id === 7 ? "Ada" : "Program"));
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      expect.objectContaining({ path: "src/a.txt", versions: 2 }),
      { version: 1, time: "1970-01-01T00:00:00.000Z", userId: 0, author: "Program", ops: ["one"] },
      { version: 2, time: "1970-01-01T00:00:01.500Z", userId: 7, author: "Ada", ops: [3, "!"] },
      { text: "one!" },
    ]);
  });
});
