import { expect, it } from "vitest";
import type { ChatItem } from "#common/chat/log.ts";
import { whereabouts } from "./whereabouts.ts";

/** `a > b, c > d`, in their order. */
function moves(notation: string): readonly ChatItem[] {
  return notation.split(", ").map((move, atMs) => {
    const [from = "", to = ""] = move.split(" > ");
    const deed = { kind: "moved", from, to } as const;
    return {
      kind: "activity",
      id: String(atMs),
      userId: 1,
      name: "Ada",
      atMs,
      deed,
      end: undefined,
    };
  });
}

it.each([
  ["a", "a > b", ["b"]],
  ["a", "b > c", []],
  ["a", "a > b, b > lib/b, lib > src", ["src/b"]],
  ["src/a", "src > lib", ["lib/a"]],
  ["a", "a > b, b > a", []],
  // Another file was there before.
  ["a", "a > old, new > a, a > b", ["b", "old"]],
])("a file that was %s may be, after %s, at %j", (path, notation, places) => {
  expect(whereabouts(path, moves(notation))).toEqual(places);
});
