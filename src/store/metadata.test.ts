import { expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { createFakeClient } from "#test/helpers/fakeClient.ts";
import { applyMetadata, authorName, createMetadataActions, initialMetadata } from "./metadata.ts";
import { initialPresence } from "./presence.ts";

it("[MD5] names authors who are away, and those who are here by their name of now", () => {
  const text = JSON.stringify({
    7: { name: "Ada", lastSeenMs: 1 },
    8: { name: "guest", lastSeenMs: 2 },
  });
  const metadata = applyMetadata(initialMetadata, { kind: "value", key: "people", text });
  const people = [{ userId: 8, name: "Bob", session: 2, role: "editor" as const }];
  const state = { metadata, presence: { ...initialPresence, people } };
  expect([0, 7, 8, 9].map((userId) => authorName(state, userId))).toEqual([
    "Program",
    "Ada",
    "Bob",
    "Someone",
  ]);
});

it("[MD6] knows the names of versions as they are added", () => {
  const entry = { version: 3, committedMs: 1000, name: "draft" };
  const text = `${JSON.stringify({ userId: 7, name: "Ada", atMs: 1, entry })}\n`;
  const found = applyMetadata(initialMetadata, { kind: "value", key: "versions", text });
  expect(Object.values(found.versionNames)).toEqual([{ name: "draft", userId: 7 }]);
  const gone = text.replace("draft", "");
  const later = applyMetadata(found, { kind: "added", key: "versions", text: gone });
  expect(later.versionNames).toEqual({});
});

it("takes nothing for nobody, and leaves other keys alone", () => {
  const empty = applyMetadata(initialMetadata, { kind: "value", key: "people", text: "" });
  expect(empty.names).toEqual({});
  expect(applyMetadata(empty, { kind: "added", key: "other", text: "x" })).toBe(empty);
});

it("[MD7] takes threads whole and line by line, and writes what is done to them", async () => {
  const client = createFakeClient();
  const actions = createMetadataActions(client, mulberry32(1));
  const anchor = { version: 3, from: 1, to: 2, quote: "x" };
  const { id } = await actions.openThread("a.ts", anchor, "why?");
  await actions.reply(id, "because");
  await actions.editComment(id, id, "how?");
  await actions.setResolved(id, true);
  actions.anchorThread(id, { ...anchor, version: 9 });
  const lines = client.calls.map((call) => {
    const entry = /^appendMeta\(threads, (.*)\)$/.exec(call)?.[1];
    return `{"userId":7,"name":"Ada","atMs":1,"entry":${entry}}\n`;
  });
  const whole = { kind: "value", key: "threads", text: lines.slice(0, 2).join("") } as const;
  const added = { kind: "added", key: "threads", text: lines.slice(2).join("") } as const;
  const state = applyMetadata(applyMetadata(initialMetadata, whole), added);
  expect(state.threads).toMatchObject([
    {
      id,
      path: "a.ts",
      isResolved: true,
      anchor: { version: 9, from: 1, to: 2, quote: "x" },
      comments: [{ text: "how?", isEdited: true }, { text: "because" }],
    },
  ]);
  await actions.deleteComment(id, id);
  expect(client.calls.at(-1)).toContain('"kind":"deleted"');
  client.failNext = new RequestError("unavailable", "There is no connection.");
  expect(await actions.reply(id, "lost")).toBe("There is no connection.");
});
