import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Emitter } from "#common/lib/emitter.ts";
import { silentLogger } from "#common/lib/log.ts";
import type { Persistence, TokenMetadata } from "#common/wire/token.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import type { Container } from "../container.ts";
import { Home } from "./home.ts";
import { Repls, type ReplRecord } from "./repls.ts";
import type { Grant } from "./tokens.ts";

/** A container with people in it, and nothing else. */
class FakeContainer {
  readonly record: ReplRecord;
  readonly sessions = new Set<object>();
  keptAlive = false;
  closed = 0;
  readonly #emptied = new Emitter<void>();

  constructor(record: ReplRecord) {
    this.record = record;
  }

  onEmpty(listener: () => void): () => void {
    return this.#emptied.on(listener);
  }

  join(): () => void {
    const session = {};
    this.sessions.add(session);
    return () => {
      this.sessions.delete(session);
      if (this.sessions.size === 0) this.#emptied.emit();
    };
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

const HOUR_MS = 3600_000;
let root: string;
let home: Home;
let clock: FakeClock;
let repls: Repls;
let started: FakeContainer[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "tandem-repls-"));
  const opened = await Home.open(join(root, "home"));
  if (!opened.ok) throw new Error(opened.error);
  home = opened.value;
  clock = new FakeClock();
  started = [];
  repls = createRepls();
});

afterEach(() => rmSync(root, { recursive: true }));

function createRepls(): Repls {
  return new Repls({
    home,
    clock,
    log: silentLogger,
    start: (record) => {
      const container = new FakeContainer(record);
      started.push(container);
      return Promise.resolve(container as unknown as Container);
    },
  });
}

const make = (id: string, sourceRepl = ""): TokenMetadata => ({
  ...{ kind: "repl", id, language: "python3", slug: "", user: "" },
  sourceRepl,
});
const know = (id: string): TokenMetadata => ({ kind: "id", id, sourceRepl: "" });

/** Lets somebody in; returns what lets them out, or why they did not get in. */
async function enter(
  repl: TokenMetadata,
  persistence: Persistence = "persistent",
): Promise<(() => void) | string> {
  const grant: Grant = { repl, persistence, userId: 1, name: "Ada", role: "editor", guest: false };
  let leave: () => void = () => {};
  const admitted = await repls.admit(grant, (container) => {
    leave = (container as unknown as FakeContainer).join();
  });
  return admitted.ok ? leave : admitted.error;
}

async function visit(repl: TokenMetadata, persistence?: Persistence): Promise<void> {
  const leave = await enter(repl, persistence);
  if (typeof leave === "string") throw new Error(leave);
  leave();
}

const folderOf = (id: string) => home.replFolder(id);

test("[TK6] those who come to one repl at once come into one container", async () => {
  await Promise.all([enter(make("a")), enter(make("a")), enter(know("a"))]);
  expect(started.map(({ sessions }) => sessions.size)).toEqual([3]);
  expect(started[0]?.record).toMatchObject({
    id: "a",
    slug: "a",
    language: "python3",
    kind: "made",
  });
});

test("a made repl ends when it has been empty for a while, and can be woken", async () => {
  await visit(make("a"));
  clock.advance(HOUR_MS);
  await expect.poll(() => started[0]?.closed).toBe(1);
  await visit(know("a"));
  expect(started).toHaveLength(2);
});

test("who comes back in time finds the container running", async () => {
  await visit(make("a"));
  clock.advance(60_000);
  await enter(know("a"));
  clock.advance(HOUR_MS);
  expect(started.map(({ closed }) => closed)).toEqual([0]);
});

test("a container that somebody keeps alive goes on until it is let go", async () => {
  const leave = await enter(make("a"), "none");
  const [container] = started;
  if (container === undefined || typeof leave === "string") throw new Error("not started");
  container.keptAlive = true;
  leave();
  clock.advance(HOUR_MS);
  await visit(know("a"), "none");
  expect(container.closed).toBe(0);
  container.keptAlive = false;
  clock.advance(HOUR_MS);
  await expect.poll(() => existsSync(folderOf("a"))).toBe(false);
});

test("[TK11] an ephemeral repl keeps its files, but is not known any more", async () => {
  await visit(make("a"), "ephemeral");
  writeFileSync(join(folderOf("a"), "files", "kept.txt"), "");
  clock.advance(HOUR_MS);
  await expect.poll(() => enter(know("a"))).toBe("the token is for a repl that is not known here");
  await enter(make("a", "source-that-is-gone"));
  expect(readdirSync(join(folderOf("a"), "files"))).toEqual(["kept.txt"]);
});

test("[TK11] a host that ends removes what was not to stay", async () => {
  await enter(make("a"), "none");
  await enter(make("b"));
  await repls.close();
  expect([existsSync(folderOf("a")), existsSync(folderOf("b"))]).toEqual([false, true]);
});

test("[TK11] what a killed host could not remove goes with the next start", async () => {
  await enter(make("a"), "none");
  await enter(make("b"));
  repls = createRepls();
  await repls.sweep();
  expect([existsSync(folderOf("a")), existsSync(folderOf("b"))]).toEqual([false, true]);
});

test("[TK11] no token removes a folder of the user's", async () => {
  const project = join(root, "project");
  mkdirSync(project);
  const opened = await repls.openFolder(project);
  if (!opened.ok) throw new Error(opened.error);
  await visit(know(opened.value.id), "none");
  clock.advance(HOUR_MS);
  await visit(make(opened.value.id), "none");
  await repls.close();
  expect(existsSync(project)).toBe(true);
  expect(existsSync(folderOf(opened.value.id))).toBe(true);
  expect(started.map(({ record }) => record.folder)).toEqual([project]);
});

test("[TK6] a folder that is not open now is not reached by a token, whatever its form", async () => {
  const project = join(root, "project");
  mkdirSync(project);
  const opened = await repls.openFolder(project);
  if (!opened.ok) throw new Error(opened.error);
  repls = createRepls();
  expect(await enter(know(opened.value.id))).toMatch(/not known/);
  expect(await enter(make(opened.value.id))).toMatch(/not open/);
});

test("[HO5] a folder is the same repl by every path that leads to it", async () => {
  mkdirSync(join(root, "project"));
  symlinkSync(join(root, "project"), join(root, "link"));
  const a = await repls.openFolder(join(root, "project"));
  const b = await repls.openFolder(join(root, "link", "."));
  expect(a.ok && b.ok && a.value.id === b.value.id).toBe(true);
});

test("[HO5] no folder is opened that holds keys or other repls, or lies among them", async () => {
  await visit(make("a"));
  const refused = [
    root,
    home.directory,
    join(home.directory, "repls"),
    join(folderOf("a"), "files"),
  ];
  for (const folder of refused) {
    expect(await repls.openFolder(folder)).toMatchObject({ ok: false });
  }
  mkdirSync(home.sampleFolder);
  expect(await repls.openFolder(home.sampleFolder)).toMatchObject({ ok: true });
});

test("a container that does not start is tried again for the next one", async () => {
  let fails = true;
  repls = new Repls({
    ...{ home, clock, log: silentLogger },
    start: (record) =>
      fails
        ? Promise.reject(new Error("no"))
        : Promise.resolve(new FakeContainer(record) as unknown as Container),
  });
  await expect(enter(make("a"))).rejects.toThrow("no");
  fails = false;
  expect(await enter(know("a"))).toBeTypeOf("function");
});
