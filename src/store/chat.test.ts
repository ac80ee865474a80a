import { describe, expect, it } from "vitest";
import type { ChatEvent } from "#protocol/services/chat.ts";
import {
  applyChat,
  applySystemLine,
  chatGroups,
  initialChat,
  typingLabel,
  type ChatState,
} from "./chat.ts";

const MINUTE = 60_000;

function message(author: string, text: string, minutes?: number): ChatEvent {
  const receivedMs = minutes === undefined ? undefined : minutes * MINUTE;
  return { kind: "message", message: { author, text, receivedMs } };
}

/** `Ada: hi, there | system: Lin joined`. */
function draw(state: ChatState): string {
  return chatGroups(state.lines, state.dividerId)
    .map((group) =>
      group.kind === "system"
        ? `system: ${group.lines.map(({ text }) => text).join(", ")}`
        : `${group.author}: ${group.messages.map(({ text }) => text).join(", ")}`,
    )
    .join(" | ");
}

const read = { ...initialChat, visible: true };

describe("grouping", () => {
  it("joins one author's messages of a few minutes", () => {
    const state = [
      message("Ada", "hi", 0),
      message("Ada", "there", 4),
      message("Ada", "again", 10),
      message("Lin", "yes", 10),
      message("Ada", "ok", 11),
    ].reduce(applyChat, read);
    expect(draw(state)).toBe("Ada: hi, there | Ada: again | Lin: yes | Ada: ok");
  });

  it("puts what the room does between the messages, together", () => {
    let state = applyChat(read, message("Ada", "hi", 0));
    state = applySystemLine(state, { text: "Lin joined", atMs: 0 });
    state = applySystemLine(state, { text: "Lin left", atMs: 1 });
    state = applyChat(state, message("Ada", "bye", 1));
    expect(draw(state)).toBe("Ada: hi | system: Lin joined, Lin left | Ada: bye");
  });

  it("joins history, whose times are not known", () => {
    const messages = ["a", "b"].map((text) => ({ author: "Ada", text, receivedMs: undefined }));
    const state = applyChat(read, { kind: "scrollback", messages });
    expect(draw(state)).toBe("Ada: a, b");
    expect(draw(applyChat(state, message("Ada", "c", 1)))).toBe("Ada: a, b | Ada: c");
  });
});

describe("unread", () => {
  it("counts what comes out of sight and marks where it begins", () => {
    const state = [message("Ada", "a", 0), message("Ada", "b", 0)].reduce(
      applyChat,
      applyChat({ ...initialChat, visible: false }, { kind: "scrollback", messages: [] }),
    );
    expect(state.unread).toBe(2);
    expect(state.dividerId).toBe(state.lines[0]?.id);
  });

  it("begins a new group at the divider", () => {
    const seen = applyChat(read, message("Ada", "a", 0));
    const state = applyChat({ ...seen, visible: false }, message("Ada", "b", 0));
    expect(draw(state)).toBe("Ada: a | Ada: b");
  });

  it("does not count history or the room's own lines", () => {
    const messages = [{ author: "Ada", text: "old", receivedMs: undefined }];
    const state = applySystemLine(applyChat(initialChat, { kind: "scrollback", messages }), {
      text: "Lin joined",
      atMs: 0,
    });
    expect(state.unread).toBe(0);
  });
});

describe("history after a reconnect", () => {
  it("replaces the messages and keeps the room's lines", () => {
    let state = applyChat(read, message("Ada", "hi", 0));
    state = applySystemLine(state, { text: "Lin joined", atMs: 0 });
    const messages = [{ author: "Ada", text: "hi", receivedMs: undefined }];
    state = applyChat(state, { kind: "scrollback", messages });
    expect(draw(state)).toBe("Ada: hi | system: Lin joined");
    expect(new Set(state.lines.map(({ id }) => id)).size).toBe(2);
  });
});

describe("typing", () => {
  it("ends with the message", () => {
    const typing = applyChat(read, { kind: "typing", author: "Ada", typing: true });
    expect(typing.typing).toEqual(["Ada"]);
    expect(applyChat(typing, message("Ada", "hi", 0)).typing).toEqual([]);
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
