import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  makeScratch,
  runHost,
  startHost,
  type RunningHost,
  type Scratch,
} from "#test/helpers/host.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

let scratch: Scratch;
let started: RunningHost[] = [];

beforeEach(() => (scratch = makeScratch()));

afterEach(async () => {
  for (const host of started) await host.stop("SIGKILL");
  started = [];
  scratch.remove();
});

/** Starts a host on the scratch home, ended with the test. */
async function start(...args: string[]): Promise<RunningHost> {
  const host = await startHost(["--home", scratch.home, ...args]);
  started.push(host);
  return host;
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? `${path} ${readFileSync(path, "utf8")}` : path;
    })
    .toSorted();
}

/** What the owner's browser is told about the project. */
async function projectOf(host: RunningHost): Promise<{ id: string; slug: string }> {
  return ((await (await host.api("connection")).json()) as { repl: { id: string; slug: string } })
    .repl;
}

test("[HO1] a host prints one link, and the link lets its owner in", async () => {
  const host = await start(scratch.folder);
  expect(host.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#invite=[\w-]{22}$/);
  expect(await (await host.api("connection")).json()).toMatchObject({ role: "owner" });
  expect(host.errors()).toBe("");
});

test("[HO1] without a folder a sample project is opened, which is made once", async () => {
  const host = await start();
  const sample = join(scratch.home, "sample");
  for (const name of [
    ".replit",
    "server.js",
    "words.js",
    "words.py",
    "words.test.js",
    "test_words.py",
  ]) {
    expect(existsSync(join(sample, name))).toBe(true);
  }
  expect(await projectOf(host)).toMatchObject({ slug: "sample" });
  expect(await (await host.api("poster")).json()).toMatchObject({ path: "server.js" });
  writeFileSync(join(sample, "words.js"), "mine");
  await host.stop();
  await start();
  expect(readFileSync(join(sample, "words.js"), "utf8")).toBe("mine");
});

test("[HO2] a port that is asked for is used or none", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const args = ["--home", scratch.home, "--no-open", "--port", String(port), scratch.folder];
  expect(await runHost(args)).toEqual({
    code: 1,
    output: "",
    errors: `Port ${port} is in use by another program.\n`,
  });
  await new Promise((resolve) => taken.close(resolve));
  expect((await start("--port", String(port), scratch.folder)).origin).toBe(
    `http://127.0.0.1:${port}`,
  );
});

test("[HO2] of two hosts on two homes that want no special port, both get one", async () => {
  const argsFor = (home: string) => ["--home", join(scratch.root, home), scratch.folder];
  const both = await Promise.all(["a", "b"].map((home) => startHost(argsFor(home), {}, [])));
  started.push(...both);
  const [a, b] = both.map(({ origin }) => Number(new URL(origin).port));
  expect(a).toBeGreaterThanOrEqual(4000);
  expect(a).not.toBe(b);
});

test("[HO3] a command line that makes no sense is answered with one sentence and status 2", async () => {
  expect(await runHost(["--fold"])).toEqual({
    code: 2,
    output: "",
    errors: "Unknown option '--fold'. See `npm start -- --help`.\n",
  });
});

test.each<[string, (scratch: Scratch) => readonly string[], RegExp]>([
  ["a folder that is not there", ({ root }) => [join(root, "no")], /is not a folder/],
  ["a file", () => ["package.json"], /is not a folder/],
  [
    "an address of another machine",
    ({ folder }) => ["--host", "192.0.2.1", folder],
    /no address of/,
  ],
  ["a home that is a file", ({ folder }) => ["--home", "package.json", folder], /could not start/],
])("[HO3] a host that cannot open %s says so and ends with 1", async (_, args, why) => {
  const { code, output, errors } = await runHost([
    ...["--home", scratch.home, "--port", "0", "--no-open"],
    ...args(scratch),
  ]);
  expect([code, output]).toEqual([1, ""]);
  expect(errors).toMatch(why);
  expect(errors.trim().split("\n")).toHaveLength(1);
});

test("help and version are printed, and nothing is started", async () => {
  const help = await runHost(["--help"]);
  expect([help.code, help.output.split(" ", 1)[0]]).toEqual([0, "Usage:"]);
  expect((await runHost(["--version"])).output).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("[HO4] nothing is written into the folder that is opened", async () => {
  writeFileSync(join(scratch.folder, "a.txt"), "a");
  mkdirSync(join(scratch.folder, "empty"));
  const before = listing(scratch.folder);
  const host = await start(scratch.folder);
  const { client } = await dial(host.origin.replace("http", "ws"), await host.tokenFor("owner"));
  await client.ready();
  const { id } = await client.open("ot", "ot:a.txt");
  await client.request(id, { case: "otLinkFile", value: { file: { path: "a.txt" } } });
  const chat = await client.open("chat", "chatter");
  await client.request(chat.id, { case: "chatMessage", value: { text: "hello" } });
  await host.stop();
  expect(listing(scratch.folder)).toEqual(before);
});

test("[HO4] the host's data is for its owner's eyes only", async () => {
  const host = await start(scratch.folder);
  const { id } = await projectOf(host);
  const modeOf = (path: string) => statSync(join(scratch.home, path)).mode & 0o777;
  expect(modeOf(".")).toBe(0o700);
  expect(modeOf("host.key")).toBe(0o600);
  expect(modeOf("repls")).toBe(0o700);
  expect(modeOf(join("repls", id, "invites.json"))).toBe(0o600);
});

test("[HO4] TANDEM_HOME names the home when no flag does", async () => {
  const host = await startHost([scratch.folder], { TANDEM_HOME: scratch.home });
  started.push(host);
  expect(existsSync(join(scratch.home, "host.key"))).toBe(true);
});

test("[HO5] a folder has the same id and links every time", async () => {
  const first = await start(scratch.folder);
  const before = [await projectOf(first), await (await first.api("invites")).json()];
  const { port } = new URL(first.origin);
  await first.stop();
  const second = await start("--port", port, join(scratch.folder, "..", "project", "."));
  expect([await projectOf(second), await (await second.api("invites")).json()]).toEqual(before);
  await second.stop();
  const other = join(scratch.root, "other");
  mkdirSync(other);
  const third = await start("--port", port, other);
  expect((await projectOf(third)).id).not.toBe((before[0] as { id: string }).id);
  expect((await third.api("connection", { invite: first.invite })).status).toBe(401);
});

test("[HO5] a folder that holds the host's own data is not opened", async () => {
  mkdirSync(scratch.home);
  for (const folder of [scratch.root, scratch.home]) {
    const { code, errors } = await runHost(["--home", scratch.home, "--port", "0", folder]);
    expect(code).toBe(1);
    expect(errors).toMatch(/holds Tandem's own data/);
  }
});

test("[HO6] a second host on a home says where the first one is, and leaves it alone", async () => {
  const host = await start(scratch.folder);
  const second = await runHost(["--home", scratch.home, "--port", "0", scratch.folder]);
  expect(second).toMatchObject({ code: 1, output: "" });
  expect(second.errors).toContain(
    `already running with the home ${scratch.home} at ${host.origin}/`,
  );
  expect((await host.api("connection")).status).toBe(200);
});

test("[HO6] after a crash the next host starts", async () => {
  const host = await start(scratch.folder);
  expect(await host.stop("SIGKILL")).toBeNull();
  expect((await (await start(scratch.folder)).api("connection")).status).toBe(200);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "[HO7] %s ends every session with 1001",
  async (signal) => {
    const host = await start(scratch.folder);
    const { client } = await dial(host.origin.replace("http", "ws"), await host.tokenFor("owner"));
    await client.ready();
    expect(await host.stop(signal)).toBe(0);
    expect(await client.closed).toMatchObject({ code: 1001 });
    expect(host.errors()).toBe("");
    expect(existsSync(join(scratch.home, "host.lock"))).toBe(false);
  },
);

test("[HO7] programs end with the host", async () => {
  const host = await start(scratch.folder);
  const { client } = await dial(host.origin.replace("http", "ws"), await host.tokenFor("editor"));
  await client.ready();
  const { id } = await client.open("exec");
  const script = "console.log(process.pid); setInterval(() => {}, 1000)";
  client.send(id, { case: "exec", value: { args: ["node", "-e", script] } }, "run");
  const pid = Number(await client.next("output", id));
  expect(() => process.kill(pid, 0)).not.toThrow();
  expect(await host.stop()).toBe(0);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});
