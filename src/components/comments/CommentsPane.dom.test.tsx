// @vitest-environment happy-dom
import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import type { ThreadEntry } from "#store/metadata/threads.ts";
import { unreadComments } from "#store/ui/comments.ts";

import { renderIde } from "#test/helpers/renderIde.tsx";
import { CommentsPane } from "./CommentsPane.tsx";

afterEach(cleanup);

const ada = { userId: 1, name: "Ada" };
const lin = { userId: 7, name: "Lin" };

const line = (by: typeof ada, entry: ThreadEntry) =>
  `${JSON.stringify({ ...by, atMs: 1, entry })}\n`;
const opened = (id: string, text: string): ThreadEntry => ({
  kind: "opened",
  id,
  path: "src/a.ts",
  version: 1,
  from: 0,
  to: 3,
  quote: "one",
  text,
});
const replied = (thread: string, id: string, text: string): ThreadEntry => ({
  kind: "replied",
  thread,
  id,
  text,
});

function setUp() {
  let chimes = 0;
  const { client, ide } = renderIde(<CommentsPane />, {}, { chime: () => chimes++ });
  act(() => ide.actions.comments.setListed(false));
  const tell = (kind: "value" | "added", ...lines: readonly string[]) =>
    act(() => {
      const text = lines.join("");
      client.emit({
        slice: "metadata",
        event: { kind, key: "threads", text },
      });
    });
  return {
    ide,
    tell,
    chimes: () => chimes,
    unread: () =>
      unreadComments(ide.store.getState().comments, ide.store.getState().metadata.threads),
    notices: () =>
      ide.store
        .getState()
        .notifications.list.map(({ text }) => text)
        .toReversed(),
  };
}

it("counts what others write, but not what one finds on arriving or writes oneself", () => {
  const { ide, tell, unread, notices } = setUp();
  tell("value", line(lin, opened("old", "long ago")));
  tell("added", line(ada, opened("mine", "?")), line(lin, opened("new", "why?")));
  expect(unread()).toBe(1);
  expect(screen.getAllByText("New ·", { exact: false })).toHaveLength(1);
  // The whole log again, with what was missed while there was no connection.
  tell(
    "value",
    line(lin, opened("old", "long ago")),
    line(ada, opened("mine", "?")),
    line(lin, opened("new", "why?")),
    line(lin, replied("old", "more", "and more")),
  );
  expect(unread()).toBe(2);
  tell("added", line(lin, { kind: "resolved", thread: "old" }));
  expect(unread()).toBe(1);
  act(() => ide.actions.comments.show("new"));
  expect(unread()).toBe(0);
  tell("added", line(lin, replied("new", "next", "look")));
  expect(unread()).toBe(0);
  expect(notices()).toEqual([]);
});

it("is read by looking at the list, and marks what was new until one leaves it", () => {
  const { ide, tell, unread } = setUp();
  tell("value");
  tell("added", line(lin, opened("new", "why?")));
  act(() => ide.actions.comments.setListed(true));
  expect(unread()).toBe(0);
  expect(screen.getByText("New ·", { exact: false })).toBeDefined();
  act(() => ide.actions.comments.setListed(false));
  expect(screen.queryByText("New ·", { exact: false })).toBeNull();
  expect(unread()).toBe(0);
});

it("calls for whoever is named, and for who has written in the thread, once", () => {
  const { ide, tell, notices, chimes } = setUp();
  tell("value", line(ada, opened("mine", "?")), line(lin, opened("theirs", "?")));
  tell("added", line(lin, replied("mine", "r1", "because")));
  tell("added", line(lin, replied("theirs", "r2", "nothing to do with you")));
  tell("added", line(lin, replied("theirs", "r3", "@ada look")));
  tell("added", line(lin, { kind: "edited", thread: "mine", comment: "r1", text: "just because" }));
  tell("added", line(ada, replied("mine", "r4", "I see")));
  expect(notices()).toEqual(["Lin on a.ts: because", "Lin on a.ts: @ada look"]);
  expect(chimes()).toBe(0);
  act(() => ide.actions.settings.set({ sound: true }));
  act(() => ide.actions.comments.setListed(true));
  tell("added", line(lin, replied("mine", "r5", "seen at once")));
  act(() => ide.actions.comments.setListed(false));
  tell("added", line(lin, replied("mine", "r6", "heard")));
  expect([notices().length, chimes()]).toEqual([3, 1]);
});
