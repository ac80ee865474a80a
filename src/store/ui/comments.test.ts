import { expect, it } from "vitest";
import type { Thread } from "../metadata/threads.ts";
import { neighbour, threadsByFile } from "./comments.ts";

function thread(id: string, path: string, from: number, isResolved = false): Thread {
  const comment = { id, userId: 7, name: "Ada", atMs: 1, text: "?", isEdited: false };
  const anchor = { version: 1, from, to: from + 1, quote: "x" };
  return { id, path, anchor, isResolved, comments: [comment] };
}

const threads = [
  thread("b5", "b.ts", 5),
  thread("a9", "a.ts", 9),
  thread("done", "a.ts", 3, true),
  thread("a1", "a.ts", 1),
];

it("lists threads by file and place", () => {
  expect([...threadsByFile(threads)].map(([path, on]) => [path, on.map(({ id }) => id)])).toEqual([
    ["a.ts", ["a1", "done", "a9"]],
    ["b.ts", ["b5"]],
  ]);
});

it("goes from open thread to open thread, around the end", () => {
  const walk = (from: string | undefined, step: 1 | -1) => neighbour(threads, from, step)?.id;
  expect([walk(undefined, 1), walk("a1", 1), walk("a9", 1), walk("b5", 1)]).toEqual([
    "a1",
    "a9",
    "b5",
    "a1",
  ]);
  expect([walk(undefined, -1), walk("a1", -1), walk("done", 1)]).toEqual(["b5", "b5", "a9"]);
  expect(neighbour([], undefined, 1)).toBeUndefined();
});
