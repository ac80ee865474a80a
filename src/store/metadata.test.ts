import { expect, it } from "vitest";
import { applyMetadata, authorName, initialMetadata } from "./metadata.ts";
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

it("takes nothing for nobody, and leaves other keys alone", () => {
  const empty = applyMetadata(initialMetadata, { kind: "value", key: "people", text: "" });
  expect(empty.names).toEqual({});
  expect(applyMetadata(empty, { kind: "added", key: "other", text: "x" })).toBe(empty);
});
