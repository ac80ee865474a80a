import { expect, test } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import type { OtPacket } from "#protocol/services/ot.ts";
import { createFakeClient } from "#test/helpers/fakeClient.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { FileHistory } from "./fileHistory.ts";

async function turn(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

test("is read from its first version on, and goes on while the file is open", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  const clock = new FakeClock();
  const history = FileHistory.acquire(client, clock, "a.txt");
  expect(history.state.kind).toBe("reading");
  await turn();
  expect([history.state.kind, history.versions.count]).toEqual(["read", 1]);
  const document = client.document("a.txt");
  const before = history.revision;
  document?.editRemotely([{ offset: 3, deleteLength: 0, insert: "!" }], 7);
  expect(history.revision).toBeGreaterThan(before);
  const { versions } = history;
  expect([versions.textAt(2), versions.authorAt(2), versions.timeAt(2)]).toEqual(["one!", 7, 2000]);
  history.release();
  document?.editRemotely([{ offset: 0, deleteLength: 0, insert: "?" }], 7);
  expect(versions.count).toBe(2);
});

test("asks for what comes next while it takes in what has come", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  const clock = new FakeClock();
  await client.ot.openDocument("a.txt");
  for (let version = 2; version <= 5000; version++) {
    client.document("a.txt")?.editRemotely([{ offset: 0, deleteLength: 0, insert: "x" }], 7);
  }
  const history = FileHistory.acquire(client, clock, "a.txt");
  const all = client.ot.history.bind(client.ot);
  const asked: number[] = [];
  client.ot.history = async (path, from) => {
    asked.push(from);
    const answer = await all(path, from);
    return answer.ok ? { ...answer, value: answer.value.slice(0, 2500) } : answer;
  };
  await turn();
  expect([history.state, asked]).toEqual([{ kind: "reading", expected: 5000 }, [1, 2501]]);
  clock.advance(1);
  await turn();
  expect(history.versions.count).toBeGreaterThan(2500);
  clock.advance(1);
  await turn();
  expect([history.state.kind, history.versions.count, asked.length]).toEqual(["read", 5000, 2]);
  expect(history.versions.textAt(5000)).toBe(`${"x".repeat(4999)}one`);
});

test("is one for all who look at it, until the last one leaves", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  const clock = new FakeClock();
  const first = FileHistory.acquire(client, clock, "a.txt");
  const second = FileHistory.acquire(client, clock, "a.txt");
  expect(second).toBe(first);
  first.release();
  await turn();
  expect(second.state.kind).toBe("read");
  second.release();
  expect(FileHistory.acquire(client, clock, "a.txt")).not.toBe(first);
});

test("is read to its end where edits wait for a file, on a text of long ago", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  await client.ot.openDocument("a.txt");
  const known = client.ot.history.bind(client.ot);
  const missed: OtPacket = {
    version: 2,
    op: ["so "],
    nonce: 0,
    crc32: 0,
    userId: 7,
    committedMs: 0,
  };
  client.ot.history = async (path, from) => {
    const answer = await known(path, from);
    return answer.ok && from === 2 ? { ...answer, value: [missed] } : answer;
  };
  client.document("a.txt")?.announce({ kind: "deleted", unsent: 2 });
  const history = FileHistory.acquire(client, new FakeClock(), "a.txt");
  await turn();
  expect([history.state.kind, history.versions.count]).toEqual(["read", 2]);
});

test("is read on after it failed, from where it was, when somebody tries again", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  const open = client.ot.openDocument.bind(client.ot);
  const unavailable = new RequestError("unavailable", "no connection");
  client.ot.openDocument = async () => ({ ok: false, error: unavailable });
  client.failNext = unavailable;
  const history = FileHistory.acquire(client, new FakeClock(), "a.txt");
  await turn();
  expect(history.state).toEqual({
    kind: "failed",
    code: "unavailable",
    message: "no connection",
  });
  client.ot.openDocument = open;
  history.retry();
  await turn();
  expect([history.state.kind, history.versions.count]).toEqual(["read", 1]);
  client.document("a.txt")?.editRemotely([{ offset: 3, deleteLength: 0, insert: "!" }], 7);
  expect(history.versions.count).toBe(2);
  history.retry();
  expect(history.state.kind).toBe("read");
});

test("is read without the file when that is gone, and says why when it cannot be", async () => {
  const client = createFakeClient({ "a.txt": "one" });
  const clock = new FakeClock();
  const opened = await client.ot.openDocument("a.txt");
  if (opened.ok) opened.value.replace("two");
  await client.files.remove("a.txt");
  const history = FileHistory.acquire(client, clock, "a.txt");
  await turn();
  expect([history.state.kind, history.versions.count, history.document]).toEqual([
    "read",
    2,
    undefined,
  ]);
  client.failNext = new RequestError("not-found", "b.txt: no history");
  const none = FileHistory.acquire(client, clock, "b.txt");
  await turn();
  expect(none.state).toMatchObject({ kind: "failed", code: "not-found" });
});
