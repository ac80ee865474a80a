import { describe, expect, it } from "vitest";
import type { Person, PresenceEvent } from "#protocol/services/presence.ts";
import {
  activity,
  applyPresence,
  initialPresence,
  initials,
  participants,
  peopleByFile,
  type PresenceState,
} from "./presence.ts";

const person = (session: number, userId: number, name = `P${userId}`): Person => ({
  session,
  userId,
  name,
  role: "editor",
});
const roster = (...people: readonly Person[]): PresenceEvent => ({
  kind: "roster",
  people,
  files: {},
});
const after = (...events: readonly PresenceEvent[]): PresenceState =>
  events.reduce(applyPresence, initialPresence);

describe("participants", () => {
  it("shows two tabs of one person as one, with the tab that was active last", () => {
    const state = after(
      roster(person(2, 1), person(3, 7), person(4, 7)),
      { kind: "opened-file", session: 3, path: "a.py" },
      { kind: "opened-file", session: 4, path: "b.py" },
      { kind: "active", session: 3, atMs: 5 },
    );
    const [, lin] = participants(state, 2);
    expect(lin).toMatchObject({ userId: 7, tabs: 2, session: 3, file: "a.py" });
  });

  it("has me first, then the others as they came", () => {
    const state = after(roster(person(2, 5), person(3, 6), person(4, 1)));
    expect(participants(state, 4).map(({ userId }) => userId)).toEqual([1, 5, 6]);
  });

  it("keeps the place of whoever takes another name, and what is known of them", () => {
    const state = after(
      roster(person(2, 1), person(3, 7), person(4, 8)),
      { kind: "opened-file", session: 3, path: "a.py" },
      { kind: "follows", session: 3, following: true },
      { kind: "joined", person: person(3, 7, "Grace") },
    );
    expect(participants(state, 2)[1]).toMatchObject({
      name: "Grace",
      file: "a.py",
      followsMe: true,
    });
  });

  it("is the same object while nobody did anything", () => {
    const state = after(roster(person(2, 1)));
    expect(participants(state, 2)).toBe(participants({ ...state, following: [] }, 2));
  });
});

describe("colours", () => {
  it("never collide among the first eight people", () => {
    const people = Array.from({ length: 8 }, (_, index) => person(index, index * 8));
    const state = after(roster(...people));
    expect(new Set(Object.values(state.colors)).size).toBe(8);
  });

  it("stay a person's own when others come and go", () => {
    const before = after(roster(person(2, 3)));
    const later = [
      { kind: "joined", person: person(3, 11) },
      { kind: "left", session: 2 },
      { kind: "joined", person: person(4, 3) },
    ] as const satisfies readonly PresenceEvent[];
    const state = later.reduce(applyPresence, before);
    expect(state.colors[3]).toBe(before.colors[3]);
    expect(state.colors[11]).not.toBe(state.colors[3]);
  });
});

describe("leaving", () => {
  it("ends what the session was looking at, following, and being followed", () => {
    const state = after(
      roster(person(2, 1), person(3, 2)),
      { kind: "opened-file", session: 3, path: "a.py" },
      { kind: "follows", session: 3, following: true },
    );
    const following = {
      ...state,
      following: [{ session: 3, paused: false, group: "home", pane: undefined }],
    };
    expect(applyPresence(following, { kind: "left", session: 3 })).toMatchObject({
      files: {},
      followers: [],
      following: [],
    });
  });
});

describe("who is in which file", () => {
  it("counts a file's readers in its directories too, and never me", () => {
    const state = after(
      roster(person(2, 1), person(3, 2)),
      { kind: "opened-file", session: 2, path: "src/a.py" },
      { kind: "opened-file", session: 3, path: "src/a.py" },
    );
    const byFile = peopleByFile(participants(state, 2));
    expect([...byFile.keys()]).toEqual(["src", "src/a.py"]);
    expect(byFile.get("src/a.py")?.map(({ userId }) => userId)).toEqual([2]);
  });
});

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["ada", "A"],
    ["grace.b.hopper", "GH"],
    ["李雷", "李"],
    ["🦊 fox", "🦊F"],
    ["  ", "?"],
  ])("%s is %s", (name, expected) => expect(initials(name)).toBe(expected));
});

describe("activity", () => {
  it("becomes idle, then away", () => {
    const minutesAgo = (minutes: number) =>
      activity(1_000_000_000 - minutes * 60_000, 1_000_000_000);
    expect(minutesAgo(1)).toEqual({ kind: "active", minutes: 1 });
    expect(minutesAgo(6)).toEqual({ kind: "idle", minutes: 6 });
    expect(minutesAgo(45)).toEqual({ kind: "away", minutes: 45 });
    expect(activity(undefined, 5).kind).toBe("active");
  });
});
