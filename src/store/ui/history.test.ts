import { expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { createTestIde } from "#test/helpers/renderIde.tsx";

it("shows of each file the version that was asked for, and the newest otherwise", () => {
  const { ide } = createTestIde({ "a.txt": "a", "b.txt": "b" });
  const { history } = ide.actions;
  const shown = () => ide.store.getState().history.shown;
  history.open("a.txt", 3);
  history.show("b.txt", 5);
  expect(shown()).toEqual({ "a.txt": 3, "b.txt": 5 });
  const before = shown();
  history.show("b.txt", 5);
  expect(shown()).toBe(before);
  history.open("a.txt", undefined);
  expect(shown()).toEqual({ "b.txt": 5 });
});

it("marks a version as saved by hand once, and the next one again", async () => {
  const { client, ide } = createTestIde({ "a.txt": "a" }, { clock: new FakeClock() });
  const { history } = ide.actions;
  const marks = () => client.calls.filter((call) => call.startsWith("appendMeta(")).length;
  await history.markSaved("a.txt");
  await history.markSaved("a.txt");
  expect(marks()).toBe(1);
  client.document("a.txt")?.edit([{ offset: 1, deleteLength: 0, insert: "!" }]);
  await history.markSaved("a.txt");
  expect(marks()).toBe(2);
  await history.markSaved("gone.txt");
  expect(marks()).toBe(2);
});
