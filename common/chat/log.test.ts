import { describe, expect, it } from "vitest";
import { applyChatLine, isChatEntry, type ChatEntry, type ChatItem, type ChatLine } from "./log.ts";

let atMs = 0;

function line(entry: ChatEntry, userId = 1): ChatLine {
  return { entry, atMs: atMs++, userId, name: `user ${userId}` };
}

function itemsOf(...lines: readonly ChatLine[]): readonly ChatItem[] {
  return lines.reduce<readonly ChatItem[]>(applyChatLine, []);
}

describe("an entry", () => {
  it("has whole numbers from 0 on, and no others", () => {
    const ended = (code: unknown) => isChatEntry({ kind: "ended", run: "r", code, durationMs: 0 });
    expect([0, 137].map(ended)).toEqual([true, true]);
    expect([-1, 0.5, Infinity, NaN, "0", null, undefined].some(ended)).toBe(false);
  });

  it("is nothing else that anybody may have written", () => {
    for (const value of [
      null,
      undefined,
      1,
      "said",
      [],
      {},
      { kind: "toString" },
      { kind: "said" },
    ]) {
      expect(isChatEntry(value)).toBe(false);
    }
  });
});

describe("what a log amounts to", () => {
  it("has the end of a program at that program, whatever else ran or happened", () => {
    const ran = (id: string) => line({ kind: "ran", id, command: "make" });
    const items = itemsOf(
      line({ kind: "joined" }),
      ran("a"),
      ran("b"),
      line({ kind: "said", id: "a", text: "hi" }),
      line({ kind: "ended", run: "a", code: 2, durationMs: 30 }),
    );
    const ends = items.map((item) => (item.kind === "activity" ? item.end : "said"));
    expect(ends).toEqual([undefined, { code: 2, durationMs: 30 }, undefined, "said"]);
  });

  it("lets nobody edit or delete what others have said", () => {
    const said = line({ kind: "said", id: "m", text: "mine" });
    const edited = line({ kind: "edited", message: "m", text: "yours" }, 2);
    const deleted = line({ kind: "deleted", message: "m" }, 2);
    expect(itemsOf(said, edited, deleted)).toMatchObject([{ text: "mine", isEdited: false }]);
    expect(itemsOf(said, line({ kind: "edited", message: "m", text: "more" }))).toMatchObject([
      { text: "more", isEdited: true },
    ]);
    expect(itemsOf(said, line({ kind: "deleted", message: "m" }))).toEqual([]);
  });

  it("has what was said once, though it is told twice", () => {
    const said: ChatEntry = { kind: "said", id: "m", text: "one" };
    expect(itemsOf(line(said), line({ ...said, text: "two" }))).toMatchObject([{ text: "one" }]);
  });

  it("leads to files where they have been moved to, and to those in folders that were", () => {
    const place = (path: string) => ({
      label: path,
      path,
      version: 1,
      from: 0,
      to: 1,
      quote: "x",
    });
    const places = [place("a"), place("a/b"), place("ab")];
    const [item] = itemsOf(
      line({ kind: "said", id: "m", text: "see", places }),
      line({ kind: "moved", from: "a", to: "c/d" }),
    );
    const paths = item?.kind === "message" ? item.places.map(({ path }) => path) : [];
    expect(paths).toEqual(["c/d", "c/d/b", "ab"]);
  });
});
