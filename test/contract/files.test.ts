import { execFileSync } from "node:child_process";
import * as disk from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { MAX_FRAME_BYTES } from "#common/wire/codec.ts";
import { File_Type } from "#common/wire/enums.ts";
import type { FileSystem } from "#container/platform.ts";
import type { ServiceDefinition } from "#container/service.ts";
import { files } from "#container/services/files.ts";
import { startDiskRepl, TestChannel } from "#test/helpers/diskRepl.ts";

const text = (content: Uint8Array): string => new TextDecoder().decode(content);
const file = (path: string, content = "") => ({ path, content: encodeUtf8(content) });
const read = (path: string) => ({ case: "read" as const, value: { path } });
const readdir = (path: string) => ({ case: "readdir" as const, value: { path } });
const stat = (path: string) => ({ case: "stat" as const, value: { path } });
const mkdir = (path: string) => ({ case: "mkdir" as const, value: { path } });
const remove = (path: string) => ({ case: "remove" as const, value: { path } });
const tryRemove = (path: string) => ({ case: "tryRemove" as const, value: { path } });
const write = (path: string, content = "") => ({
  case: "write" as const,
  value: file(path, content),
});
const move = (oldPath: string, newPath: string) => ({
  case: "move" as const,
  value: { oldPath, newPath },
});
const copy = (from: string, to: string) => ({
  case: "input" as const,
  value: JSON.stringify({ copy: { from, to } }),
});
const checkChanges = { case: "checkChanges" as const, value: {} };

async function start(token?: string) {
  const repl = await startDiskRepl([files]);
  const client = await repl.join(token);
  const channel = await TestChannel.open(client, "gcsfiles");
  return { ...repl, client, channel, at: (name: string) => join(repl.root, name) };
}

/** Paths and kinds of a listing, sorted. */
async function list(channel: TestChannel, path: string): Promise<string[]> {
  const answer = await channel.ask(readdir(path));
  if (answer.case !== "files") throw new Error(`answered by ${String(answer.case)}`);
  return answer.value.files
    .map(({ path: name, type }) => (type === File_Type.DIRECTORY ? `${name}/` : name))
    .sort();
}

async function changes(channel: TestChannel): Promise<string[]> {
  const answer = await channel.ask(checkChanges);
  if (answer.case !== "changedFiles") throw new Error(`answered by ${String(answer.case)}`);
  return answer.value.files
    .map(({ path, type }) => (type === File_Type.DIRECTORY ? `${path}/` : path))
    .sort();
}

/** Waits until a change of these is further back than the clock of a disk is coarse. */
async function aged(...paths: string[]): Promise<void> {
  await vi.waitFor(() => {
    for (const path of paths) expect(Date.now() - disk.statSync(path).ctimeMs).toBeGreaterThan(40);
  });
}

describe("files", () => {
  it("answers to both of its names on the wire", async () => {
    const { client, channel } = await start();
    const other = await TestChannel.open(client, "files");
    expect(await channel.ask(write("a", "text"))).toMatchObject({ case: "ok" });
    expect(await other.ask(read("a"))).toMatchObject({ case: "file", value: { path: "a" } });
  });

  it("[FI3] writes, reads, lists, moves and removes", async () => {
    const { channel, at } = await start();
    expect(await channel.ask(write("src/deep/a.txt", "héllo 😀"))).toMatchObject({ case: "ok" });
    expect(disk.readFileSync(at("src/deep/a.txt"), "utf8")).toBe("héllo 😀");
    expect(await channel.ask(mkdir("src/empty"))).toMatchObject({ case: "ok" });
    expect(await channel.ask(mkdir("src/empty"))).toMatchObject({ case: "ok" });
    expect(await list(channel, "src")).toEqual(["deep/", "empty/"]);
    expect(await list(channel, "./src//deep/")).toEqual(["a.txt"]);
    expect(await channel.ask(move("src/deep/a.txt", "b.txt"))).toMatchObject({ case: "ok" });
    expect(await list(channel, ".")).toEqual(["b.txt", "src/"]);
    expect(await list(channel, "")).toEqual(["b.txt", "src/"]);
    expect(await channel.ask(remove("src"))).toMatchObject({ case: "ok" });
    expect(await channel.ask(tryRemove("src"))).toMatchObject({ case: "ok" });
    expect(await channel.ask(tryRemove("b.txt"))).toMatchObject({ case: "ok" });
    expect(await list(channel, ".")).toEqual([]);
  });

  it("[FI3] an empty file has an empty content", async () => {
    const { channel } = await start();
    await channel.ask(write("empty"));
    const answer = await channel.ask(read("empty"));
    expect(answer).toMatchObject({ case: "file", value: { path: "empty" } });
    expect(answer.case === "file" && answer.value.content).toHaveLength(0);
  });

  it("[FI3] tells size, mode, kind and the second of the last change", async () => {
    const { channel, at } = await start();
    disk.writeFileSync(at("a"), "12345", { mode: 0o640 });
    disk.utimesSync(at("a"), 1_600_000_000.9, 1_600_000_000.9);
    expect(await channel.ask(stat("a"))).toMatchObject({
      case: "statRes",
      value: {
        exists: true,
        type: File_Type.REGULAR,
        size: 5n,
        fileMode: "-rw-r-----",
        modTime: 1_600_000_000n,
      },
    });
    expect(await channel.ask(stat("."))).toMatchObject({
      case: "statRes",
      value: { exists: true, type: File_Type.DIRECTORY },
    });
    for (const missing of ["none", "none/below", "a/below"]) {
      expect(await channel.ask(stat(missing))).toMatchObject({
        case: "statRes",
        value: { exists: false },
      });
    }
  });

  it.each([
    [read("none"), "open none: no such file or directory"],
    [read("dir"), "open dir: is a directory"],
    [read("file/below"), "open file/below: not a directory"],
    [write("file/below"), "open file/below: not a directory"],
    [write("dir"), "open dir: file exists: is a directory"],
    [write("."), "open .: file exists: is a directory"],
    [mkdir("file"), "mkdir file: not a directory"],
    [mkdir("file/below"), "mkdir file/below: not a directory"],
    [remove("none"), "remove none: no such file or directory"],
    [remove("."), "remove .: invalid argument"],
    [move("none", "b"), "rename none b: no such file or directory"],
    [move("file", "dir"), "rename file dir: file exists"],
    [move("file", "file/below"), "rename file file/below: invalid argument"],
    [move("dir", "file/below"), "rename dir file/below: not a directory"],
    [move("dir", "dir/inside/it"), "rename dir dir/inside/it: invalid argument"],
    [move(".", "elsewhere"), "rename . elsewhere: invalid argument"],
    [readdir("none"), "open none: no such file or directory"],
    [readdir("file"), "open file: not a directory"],
    [read("x".repeat(300)), "file name too long"],
    [read("x/".repeat(2100)), "file name too long"],
  ])("[FI2] %j fails in Go's words", async (request, message) => {
    const { channel, at } = await start();
    disk.mkdirSync(at("dir"));
    disk.writeFileSync(at("dir/inside"), "");
    disk.writeFileSync(at("file"), "");
    expect(await channel.errorOf(request)).toContain(message);
    const left = disk.readdirSync(at("."), { recursive: true, encoding: "utf8" });
    expect(new Set(left)).toEqual(new Set(["dir", "dir/inside", "file"]));
  });

  it("[FI2] what may not be touched is permission denied", async (context) => {
    if (process.getuid?.() === 0) context.skip("the superuser may touch everything");
    const { channel, at } = await start();
    disk.mkdirSync(at("closed"), 0o500);
    disk.writeFileSync(at("secret"), "x", { mode: 0o000 });
    disk.writeFileSync(at("fixed"), "x", { mode: 0o444 });
    const denied = "permission denied";
    expect(await channel.errorOf(read("secret"))).toBe(`open secret: ${denied}`);
    expect(await channel.errorOf(write("fixed"))).toBe(`open fixed: ${denied}`);
    expect(await channel.errorOf(write("closed/new"))).toBe(`open closed/new: ${denied}`);
    expect(await channel.errorOf(mkdir("closed/new"))).toBe(`mkdir closed/new: ${denied}`);
  });

  it.each([
    "..",
    "../outside/secret",
    "a/../../outside/secret",
    "./../outside/secret",
    "/etc/passwd",
    "//etc/passwd",
    "/",
    "a\0b",
    "\0",
  ])("[FI1] nothing leads to %j", async (path) => {
    const { channel, at } = await start();
    disk.writeFileSync(at("mine"), "");
    const refused = /permission denied: path is not inside the repl|invalid argument/;
    for (const request of [read, stat, write, mkdir, remove, tryRemove, readdir]) {
      expect(await channel.errorOf(request(path))).toMatch(refused);
    }
    expect(await channel.errorOf(move("mine", path))).toMatch(refused);
    expect(await channel.errorOf(move(path, "stolen"))).toMatch(refused);
    expect(await list(channel, ".")).toEqual(["mine"]);
  });

  it("[FI1] nothing leads through links to what is outside", async () => {
    const { channel, root, at } = await start();
    const outside = join(root, "../outside");
    disk.mkdirSync(outside);
    disk.writeFileSync(join(outside, "secret"), "secret");
    disk.symlinkSync("../outside/secret", at("file"));
    disk.symlinkSync(outside, at("directory"));
    disk.symlinkSync("../outside/none", at("dangling"));
    disk.writeFileSync(at("mine"), "");
    const refused = "permission denied: path is not inside the repl";
    for (const path of ["file", "dangling", "directory/secret", "directory/new"]) {
      expect(await channel.errorOf(read(path))).toContain(refused);
      expect(await channel.errorOf(stat(path))).toContain(refused);
      expect(await channel.errorOf(write(path, "x"))).toContain(refused);
      expect(await channel.errorOf(move("mine", `directory/${path}`))).toContain(refused);
    }
    expect(await channel.errorOf(mkdir("directory/new"))).toContain(refused);
    expect(await channel.errorOf(remove("directory/secret"))).toContain(refused);
    expect(await channel.errorOf(readdir("directory"))).toContain(refused);
    expect(disk.readdirSync(outside)).toEqual(["secret"]);
    expect(disk.readFileSync(join(outside, "secret"), "utf8")).toBe("secret");
  });

  it.each(["．．/secret", "‥/secret", "..\\secret", "%2e%2e/secret", "..;/secret", "\u202e../x"])(
    "[FI1] %j is a name like any other",
    async (path) => {
      const { channel, root } = await start();
      expect(await channel.ask(write(path, "x"))).toMatchObject({ case: "ok" });
      expect(await channel.ask(read(path))).toMatchObject({ case: "file" });
      expect(disk.readdirSync(join(root, ".."))).not.toContain("secret");
    },
  );

  it("keeps bytes that are no text exactly", async () => {
    const { channel, at } = await start();
    const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
    await channel.ask({ case: "write", value: { path: "binary", content } });
    expect(disk.readFileSync(at("binary")).equals(content)).toBe(true);
    const answer = await channel.ask(read("binary"));
    expect(answer.case === "file" && Buffer.from(answer.value.content).equals(content)).toBe(true);
  });

  it("[FI4] says what is too large for an answer, and how large an answer may be", async () => {
    const { channel, at } = await start();
    const limit = MAX_FRAME_BYTES - 64 * 1024;
    disk.writeFileSync(at("fits"), Buffer.alloc(limit, "x"));
    disk.writeFileSync(at("large"), Buffer.alloc(limit + 1, "x"));
    const answer = await channel.ask(read("fits"));
    expect(answer.case === "file" && answer.value.content).toHaveLength(limit);
    expect(await channel.errorOf(read("large"))).toBe(
      `open large: too large: ${limit + 1} bytes, the limit is ${limit}`,
    );
  });

  it("[FI7] a pipe is refused at once", async () => {
    const { channel, at } = await start();
    execFileSync("mkfifo", [at("pipe")]);
    expect(await channel.errorOf(read("pipe"))).toBe("open pipe: not a regular file");
    expect(await channel.errorOf(write("pipe"))).toBe("open pipe: not a regular file");
  });

  it("[FI6] a full disk is told as such", async () => {
    // A disk that is really full: `container/node/fileSystem.test.ts`.
    const full = new RequestError("failed", "open a: no space left on device");
    const broken: Partial<FileSystem> = { write: () => Promise.reject(full) };
    const repl = await startDiskRepl([files], { files: broken as FileSystem });
    const channel = await TestChannel.open(await repl.join(), "gcsfiles");
    expect(await channel.errorOf(write("a", "x"))).toBe("open a: no space left on device");
  });

  it("[FI8] says which server it is", async () => {
    const { channel } = await start();
    const answer = await channel.ask(read(".config/goval/info"));
    expect(answer.case === "file" && JSON.parse(text(answer.value.content))).toMatchObject({
      server: "tandem",
      license: "MIT",
      repl: { id: "repl", slug: "sample", language: "nodejs" },
    });
  });

  it.each([
    { case: "persist" as const, value: { path: "a" } },
    { case: "persistMirror" as const, value: { path: "a" } },
    { case: "fileAuthReq" as const, value: { file: { path: "a" } } },
    { case: "listObjects" as const, value: { prefix: "" } },
  ])("$case is refused, and nothing pretended", async (request) => {
    const { channel } = await start();
    expect(await channel.errorOf(request)).toBe(`${request.case}: not available on this host yet`);
  });

  it("[FI10] tells the room's other services what it has changed, and who did it", async () => {
    const seen: string[] = [];
    const listener: ServiceDefinition<"metadata"> = {
      service: "metadata",
      mayOpen: [],
      viewerMay: new Set(),
      lingerMs: 0,
      start({ repl }) {
        return repl.fileOperations.on((operation) => {
          const { kind, by } = operation;
          const paths = kind === "moved" ? `${operation.from} ${operation.to}` : operation.path;
          seen.push(`${kind} ${paths} by ${by.name}`);
        });
      },
      create: () => Promise.reject(new RequestError("failed", "never made")),
    };
    const repl = await startDiskRepl([files, listener]);
    const channel = await TestChannel.open(await repl.join("editor:ada"), "gcsfiles");
    await channel.ask(write("a", "x"));
    await channel.ask(move("a", "b"));
    await channel.ask(remove("b"));
    await channel.ask(tryRemove("b"));
    await channel.ask(remove("b"));
    expect(seen).toEqual(["wrote a by ada", "moved a b by ada", "removed b by ada"]);
  });
});

describe("copying", () => {
  it("[FI12] copies a file, with its mode, to where nothing is", async () => {
    const { channel, at } = await start();
    disk.writeFileSync(at("run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    expect(await channel.ask(copy("run.sh", "bin/run.sh"))).toMatchObject({ case: "ok" });
    expect(disk.readFileSync(at("bin/run.sh"), "utf8")).toBe("#!/bin/sh\n");
    expect(disk.statSync(at("bin/run.sh")).mode & 0o777).toBe(0o755);
    expect(await channel.errorOf(copy("run.sh", "bin/run.sh"))).toBe(
      "copy run.sh bin/run.sh: file exists",
    );
    expect(await channel.errorOf(copy("none", "b"))).toBe("copy none b: no such file or directory");
  });

  it("[FI12] copies a directory with all that is in it, links as links", async () => {
    const { channel, at } = await start();
    disk.mkdirSync(at("a/deep/empty"), { recursive: true });
    disk.writeFileSync(at("a/deep/bytes"), Uint8Array.of(0, 255, 10));
    disk.writeFileSync(at("a/large"), Buffer.alloc(1_000_000, "x"));
    disk.symlinkSync("deep/bytes", at("a/link"));
    disk.symlinkSync("/etc", at("a/outside"));
    disk.symlinkSync("nowhere", at("a/dangling"));
    execFileSync("mkfifo", [at("a/pipe")]);
    disk.chmodSync(at("a/deep"), 0o500);
    expect(await channel.ask(copy("a", "b"))).toMatchObject({ case: "ok" });
    disk.chmodSync(at("a/deep"), 0o700);
    expect(disk.statSync(at("b/deep")).mode & 0o777).toBe(0o500);
    disk.chmodSync(at("b/deep"), 0o700);
    const names = ["dangling", "deep", "large", "link", "outside"];
    expect(disk.readdirSync(at("b")).sort()).toEqual(names);
    expect(disk.readdirSync(at("b/deep")).sort()).toEqual(["bytes", "empty"]);
    expect([...disk.readFileSync(at("b/deep/bytes"))]).toEqual([0, 255, 10]);
    expect(disk.readFileSync(at("b/large")).equals(disk.readFileSync(at("a/large")))).toBe(true);
    expect(disk.readlinkSync(at("b/link"))).toBe("deep/bytes");
    expect(disk.readlinkSync(at("b/outside"))).toBe("/etc");
  });

  it("[FI12] copies nothing into itself, and nothing from or to outside", async () => {
    const { channel, at } = await start();
    disk.mkdirSync(at("a/b"), { recursive: true });
    disk.writeFileSync(at("a/f"), "x");
    disk.symlinkSync("a", at("link"));
    disk.symlinkSync("/etc", at("outside"));
    expect(await channel.errorOf(copy("a", "a/b/c"))).toBe("copy a a/b/c: invalid argument");
    expect(await channel.errorOf(copy("outside/hostname", "b"))).toContain("permission denied");
    expect(await channel.errorOf(copy("a/f", "outside/b"))).toContain("permission denied");
    expect(await channel.errorOf(copy("../x", "b"))).toContain("permission denied");
    // What lies below its own copy by way of a link is the one thing that is left out.
    expect(await channel.ask(copy("a", "link/copy"))).toMatchObject({ case: "ok" });
    expect(await list(channel, "a/copy")).toEqual(["b/", "f"]);
    expect(await list(channel, ".")).toEqual(["a/", "link/", "outside"]);
  });

  it.each([
    "",
    "{}",
    "null",
    '{"copy":null}',
    '{"copy":{"from":"a"}}',
    '{"copy":{"from":1,"to":2}}',
  ])("[FI12] refuses input %j", async (value) => {
    const { channel } = await start();
    const error = await channel.errorOf({ case: "input", value });
    expect(error).toBe('bad request: input is {"copy": {"from", "to"}}');
  });
});

describe("a viewer", () => {
  it("[FI11] reads, lists and asks, and changes nothing", async () => {
    const { channel, at } = await start("viewer");
    disk.writeFileSync(at("a"), "text");
    expect(await channel.ask(read("a"))).toMatchObject({ case: "file" });
    expect(await list(channel, ".")).toEqual(["a"]);
    expect(await channel.ask(stat("a"))).toMatchObject({ case: "statRes" });
    expect(await changes(channel)).toEqual(["./", "a"]);
    for (const request of [
      write("a", "other"),
      write("b"),
      mkdir("d"),
      remove("a"),
      tryRemove("a"),
      move("a", "b"),
      copy("a", "b"),
    ]) {
      expect(await channel.errorOf(request)).toContain("permission denied");
    }
    expect(disk.readdirSync(at("."))).toEqual(["a"]);
    expect(disk.readFileSync(at("a"), "utf8")).toBe("text");
  });
});

describe("checkChanges", () => {
  it("[FI9] tells everything at first, then what has changed since the last time", async () => {
    const { channel, at } = await start();
    disk.mkdirSync(at("d/e"), { recursive: true });
    disk.writeFileSync(at("d/old"), "");
    await aged(at("."), at("d"), at("d/e"), at("d/old"));
    expect(await changes(channel)).toEqual(["./", "d/", "d/e/", "d/old"]);
    expect(await changes(channel)).toEqual([]);
    disk.writeFileSync(at("d/e/new"), "");
    disk.appendFileSync(at("d/old"), "x");
    disk.utimesSync(at("d/old"), 1, 1);
    expect(await changes(channel)).toEqual(["d/e/", "d/e/new", "d/old"]);
  });

  it("[FI9] goes on where a connection of the same user has ended", async () => {
    const { client, channel, at, container, ...repl } = await start();
    disk.writeFileSync(at("before"), "");
    await aged(at("."), at("before"));
    await changes(channel);
    const left = new Promise<void>((resolve) => void container.onEmpty(resolve));
    client.close();
    await left;
    disk.writeFileSync(at("meanwhile"), "");
    const again = await TestChannel.open(await repl.join(), "gcsfiles");
    expect(await changes(again)).toEqual(["./", "meanwhile"]);
  });

  it("[FI9] follows no links, and names what tools have written without walking it", async () => {
    const { channel, at } = await start();
    disk.mkdirSync(at("node_modules/package"), { recursive: true });
    disk.writeFileSync(at("node_modules/package/index.js"), "");
    disk.symlinkSync(".", at("circle"));
    disk.symlinkSync("/etc", at("outside"));
    expect(await changes(channel)).toEqual(["./", "circle/", "node_modules/"]);
  });
});
