import { describe, expect, it } from "vitest";
import type { ChatEntry } from "#common/chat/log.ts";
import { activityLines } from "./chat/activity.ts";
import { isMentioned } from "./chat/mentions.ts";
import {
  applyChat,
  applyChatLog,
  chatGroups,
  initialChat,
  typingLabel,
  type ChatState,
} from "./chat.ts";

const MINUTE = 60_000;
const accounts: Readonly<Record<string, number>> = { Me: 1, Ada: 2, Lin: 3, Bo: 4, Eve: 5 };

/** A line of the log. */
function line(name: string, entry: ChatEntry, minutes = 0): string {
  return `${JSON.stringify({ userId: accounts[name], name, atMs: minutes * MINUTE, entry })}\n`;
}

const said = (name: string, id: string, minutes = 0) =>
  line(name, { kind: "said", id, text: id }, minutes);

function added(state: ChatState, ...lines: readonly string[]): ChatState {
  return lines.reduce(
    (before, text) => applyChatLog(before, { kind: "added", key: "chat", text }, 1),
    state,
  );
}

function whole(state: ChatState, ...lines: readonly string[]): ChatState {
  return applyChatLog(state, { kind: "value", key: "chat", text: lines.join("") }, 1);
}

/** `Ada: hi, there | Lin joined`. */
function draw(state: ChatState, showsActivity = true): string {
  return chatGroups(state.items ?? [], state.dividerId, showsActivity)
    .map((group) =>
      group.kind === "activity"
        ? activityLines(group.activities)
            .map(({ text }) => text)
            .join(", ")
        : `${group.author}: ${group.messages.map(({ text }) => text).join(", ")}`,
    )
    .join(" | ");
}

const read = whole({ ...initialChat, visible: true });

describe("grouping", () => {
  it("joins one author's messages of a few minutes", () => {
    const state = added(
      read,
      said("Ada", "hi", 0),
      said("Ada", "there", 4),
      said("Ada", "again", 10),
      said("Lin", "yes", 10),
      said("Ada", "ok", 11),
    );
    expect(draw(state)).toBe("Ada: hi, there | Ada: again | Lin: yes | Ada: ok");
  });

  it("puts what the room does between the messages, if one wants to see it", () => {
    const state = added(
      read,
      said("Ada", "hi"),
      line("Lin", { kind: "joined" }),
      line("Lin", { kind: "left" }),
      said("Ada", "bye"),
    );
    expect(draw(state)).toBe("Ada: hi | Lin joined, Lin left | Ada: bye");
    expect(draw(state, false)).toBe("Ada: hi, bye");
  });
});

describe("what the room does", () => {
  const tell = (...lines: readonly string[]) => draw(added(read, ...lines));

  it("is told together where it is alike", () => {
    const joined = ["Ada", "Lin", "Bo", "Eve"].map((name) => line(name, { kind: "joined" }));
    expect(tell(...joined.slice(0, 3))).toBe("Ada, Lin and Bo joined");
    expect(tell(...joined)).toBe("Ada, Lin and 2 others joined");
    expect(
      tell(
        line("Ada", { kind: "moved", from: "a", to: "lib/a" }),
        line("Ada", { kind: "moved", from: "b", to: "lib/b" }),
        line("Lin", { kind: "moved", from: "lib/c", to: "lib/d" }),
      ),
    ).toBe("Ada moved 2 files or folders, Lin renamed lib/c to d");
  });

  it("has the end of what was run", () => {
    const run = (id: string) => line("Ada", { kind: "ran", id, command: "npm test" });
    const end = (id: string, code: number) =>
      line("Ada", { kind: "ended", run: id, code, durationMs: 1_500 });
    expect(tell(run("a"))).toBe("Ada ran npm test");
    expect(tell(run("a"), end("a", 1))).toBe("Ada ran npm test, which ended with 1 after 1.5 s");
    expect(tell(run("a"), end("a", 1), run("b"), end("b", 0))).toBe(
      "Ada ran npm test 2 times, which ended with 0 after 1.5 s",
    );
  });

  it("has names and versions", () => {
    expect(tell(line("Ada", { kind: "renamed", from: "Adda" }))).toBe("Adda is now Ada");
    expect(tell(line("Ada", { kind: "restored", path: "a.js", version: 3 }))).toBe(
      "Ada restored version 3 of a.js",
    );
  });
});

describe("messages", () => {
  it("[CT8] are changed and taken away by their author alone", () => {
    const state = added(read, said("Ada", "a"), said("Lin", "b"));
    const edit = (name: string) => line(name, { kind: "edited", message: "a", text: "better" });
    expect(draw(added(state, edit("Lin")))).toBe("Ada: a | Lin: b");
    const edited = added(state, edit("Ada"));
    expect(draw(edited)).toBe("Ada: better | Lin: b");
    expect(edited.items?.[0]).toMatchObject({ isEdited: true });
    expect(draw(added(edited, line("Ada", { kind: "deleted", message: "b" })))).toBe(draw(edited));
    expect(draw(added(edited, line("Lin", { kind: "deleted", message: "b" })))).toBe("Ada: better");
  });

  it("[CT6] are not said twice, and nonsense means nothing", () => {
    const nonsense = ["{", "[]\n", line("Ada", { kind: "said", id: "x" } as ChatEntry)];
    expect(draw(added(read, said("Ada", "a"), said("Ada", "a"), ...nonsense))).toBe("Ada: a");
  });

  it("of mine are no longer on their way when the log has them", () => {
    const sending = [
      { id: "a", text: "a", places: [], images: [], failure: undefined, waits: false },
    ];
    expect(added({ ...read, sending }, said("Me", "a")).sending).toEqual([]);
  });
});

describe("unread", () => {
  const away = { ...read, visible: false };

  it("counts what comes out of sight and marks where it begins", () => {
    const state = added(away, said("Ada", "a"), said("Lin", "b"));
    expect([state.unread, state.dividerId]).toEqual([2, "a"]);
    expect(draw(added(away, said("Ada", "a")))).toBe("Ada: a");
    expect(
      draw(added({ ...added(read, said("Ada", "a")), visible: false }, said("Ada", "b"))),
    ).toBe("Ada: a | Ada: b");
  });

  it("does not count history, my own messages, or what the room does", () => {
    expect(whole(initialChat, said("Ada", "a")).unread).toBe(0);
    expect(added(away, said("Me", "a"), line("Ada", { kind: "joined" })).unread).toBe(0);
  });

  it("counts what was said without a connection, and not what the container let go of", () => {
    const before = { ...added(read, said("Ada", "a", 1), said("Ada", "b", 2)), visible: false };
    expect(whole(before, said("Ada", "b", 2), said("Lin", "c", 3)).unread).toBe(1);
    const trimmed = whole(before, said("Ada", "b", 2));
    expect([trimmed.unread, draw(trimmed)]).toEqual([0, "Ada: b"]);
  });
});

describe("typing", () => {
  it("ends with the message, and with the connection", () => {
    const typing = applyChat(read, { kind: "typing", author: "Ada", typing: true });
    expect(typing.typing).toEqual(["Ada"]);
    expect(added(typing, said("Ada", "hi")).typing).toEqual([]);
    expect(applyChat(typing, { kind: "entered" }).typing).toEqual([]);
  });

  it("names two, then counts", () => {
    expect([[], ["A"], ["A", "B"], ["A", "B", "C"]].map(typingLabel)).toEqual([
      "",
      "A is typing…",
      "A and B are typing…",
      "3 people are typing…",
    ]);
  });
});

describe("a mention", () => {
  it.each([
    ["Ada", "hey @ada!", true],
    ["Ada", "@everyone, look", true],
    ["Ada", "@adam", false],
    ["Ada", "me@ada.org", false],
    ["Brave Otter", "thanks @Brave Otter", true],
  ])("of %s in %j: %s", (name, text, is) => expect(isMentioned(name, text)).toBe(is));
});
