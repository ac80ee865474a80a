import { expect, test } from "vitest";
import { FileHistory } from "#store/ot/fileHistory.ts";
import { createFakeClient } from "#test/helpers/fakeClient.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { BlameText } from "./blameText.ts";

async function turn(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}

test("lines are blamed on their last writer, as soon as the container has what is on the screen", async () => {
  const client = createFakeClient({ "a.txt": "one\ntwo\n" });
  const clock = new FakeClock();
  const history = FileHistory.acquire(client, clock, "a.txt");
  let changes = 0;
  const blame = new BlameText(history, clock, () => (changes += 1));
  expect(blame.look("one\ntwo\n")).toBeUndefined();
  await turn();
  expect(blame.look("one\ntwo\n")?.lines(0, 8)).toEqual([1, 1, 0]);
  const document = client.document("a.txt");
  document?.editRemotely([{ offset: 4, deleteLength: 0, insert: "🙂 " }], 7);
  await turn();
  const looked = blame.look("one\n🙂 two\n");
  expect(looked?.lines(0, 11)).toEqual([1, 2, 0]);
  expect(looked?.lines(4, 11)).toEqual([2, 0]);
  expect(looked?.lines(0, 4)).toEqual([1, 0]);
  expect(looked?.spans(4, 9)).toEqual([
    { start: 4, end: 7, version: 2 },
    { start: 7, end: 9, version: 1 },
  ]);
  expect(looked?.spans(0, 11)).toEqual([
    { start: 0, end: 4, version: 1 },
    { start: 4, end: 7, version: 2 },
    { start: 7, end: 11, version: 1 },
  ]);
  // The text has gone on, and so has what is known of it.
  document?.editRemotely([{ offset: 0, deleteLength: 0, insert: "0" }], 7);
  await turn();
  expect(looked?.lines(0, 11)).toEqual([]);
  // Something is typed that the container does not have yet.
  expect(blame.look("0one\n🙂 two\n!")).toBeUndefined();
  expect(changes).toBeGreaterThan(1);
  blame.dispose();
  history.release();
});
