import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import * as disk from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { bundle } from "#test/helpers/bundle.ts";
import { parseReplPath, ROOT } from "../paths.ts";
import type { FileSystem } from "../platform.ts";
import { systemClock } from "./clock.ts";
import { createFileSystem } from "./fileSystem.ts";
import { canPin } from "./pinnedDirectory.ts";

let top: string;
let root: string;
let files: FileSystem;

const p = parseReplPath;
const at = (name: string): string => join(root, name);
const put = (name: string, text: string): void => disk.writeFileSync(at(name), text);
const onDisk = (name: string): string => disk.readFileSync(at(name), "utf8");
const read = async (name: string): Promise<string> =>
  new TextDecoder().decode(await files.read(p(name)));
const write = (name: string, text: string): Promise<void> => files.write(p(name), encodeUtf8(text));
const names = async (name: string): Promise<string[]> =>
  (await files.readdir(p(name))).map((entry) => entry.name).sort();

beforeEach(() => {
  top = disk.mkdtempSync(join(tmpdir(), "tandem-files-"));
  root = join(top, "repl");
  disk.mkdirSync(root);
  disk.mkdirSync(join(top, "outside"));
  disk.writeFileSync(join(top, "outside", "secret"), "secret");
  files = createFileSystem({ root, clock: systemClock, log: silentLogger });
});

afterEach(() => {
  disk.rmSync(top, { recursive: true, force: true });
});

describe("links", () => {
  const targets: readonly (readonly [title: string, target: string])[] = [
    ["to a file outside", "../outside/secret"],
    ["to a directory outside", "../outside"],
    ["to an absolute path", "/etc/passwd"],
    ["to a directory that has the root's name in front", "../repl-twin"],
    ["to a missing file outside", "../outside/missing"],
    ["to a missing directory outside", "/no/such/place"],
    ["out and in again to a file outside", "../repl/../outside/secret"],
  ];

  it.each(targets)("[FI1] a link %s leads nowhere", async (_, target) => {
    disk.mkdirSync(join(top, "repl-twin"));
    disk.symlinkSync(target, at("link"));
    put("mine", "mine");
    const before = disk.readdirSync(top, { recursive: true });
    const denied = /permission denied: path is not inside the repl$/;
    await expect(files.read(p("link"))).rejects.toThrow(denied);
    await expect(write("link", "x")).rejects.toThrow(denied);
    await expect(files.stat(p("link"))).rejects.toThrow(denied);
    await expect(files.watch(p("link"), () => {})).rejects.toThrow(denied);
    // Through a link to a file or to nowhere, the system has an answer of its own.
    const refused = /permission denied|not a directory|no such file/;
    await expect(files.readdir(p("link"))).rejects.toThrow(refused);
    await expect(files.read(p("link/secret"))).rejects.toThrow(refused);
    await expect(write("link/new", "x")).rejects.toThrow(refused);
    await expect(files.mkdir(p("link/new"))).rejects.toThrow(refused);
    await expect(files.remove(p("link/secret"))).rejects.toThrow(refused);
    await expect(files.move(p("mine"), p("link/mine"))).rejects.toThrow(refused);
    await expect(files.move(p("link/secret"), p("stolen"))).rejects.toThrow(refused);
    expect(disk.readdirSync(top, { recursive: true })).toEqual(before);
    expect(disk.readFileSync(join(top, "outside", "secret"), "utf8")).toBe("secret");
  });

  it("[FI1] a link that leads outside is listed, moved and removed, and nothing of its target", async () => {
    disk.symlinkSync("../outside", at("link"));
    expect(await files.readdir(ROOT)).toEqual([{ name: "link", kind: "file", isLink: true }]);
    await files.move(p("link"), p("other"));
    await files.remove(p("other"));
    expect(await names(".")).toEqual([]);
    expect(disk.readdirSync(join(top, "outside"))).toEqual(["secret"]);
  });

  it("follows links inside, and keeps them when their target is written", async () => {
    await write("real/a", "a");
    disk.symlinkSync("real", at("directory"));
    disk.symlinkSync("directory/a", at("file"));
    disk.symlinkSync(at("file"), at("absolute"));
    disk.symlinkSync("real/new", at("dangling"));
    expect(await read("absolute")).toBe("a");
    await write("file", "b");
    await write("dangling", "c");
    expect([onDisk("real/a"), onDisk("real/new")]).toEqual(["b", "c"]);
    expect(disk.readlinkSync(at("file"))).toBe("directory/a");
    expect(await names("directory")).toEqual(["a", "new"]);
    expect((await files.readdir(ROOT)).find(({ name }) => name === "directory")?.kind).toBe(
      "directory",
    );
    await files.remove(p("directory"));
    expect(await names("real")).toEqual(["a", "new"]);
  });

  it("ends in a circle of links", async () => {
    disk.symlinkSync("b", at("a"));
    disk.symlinkSync("a", at("b"));
    await expect(files.read(p("a"))).rejects.toThrow("open a: too many levels of symbolic links");
  });

  it("[FI1] never follows a link that is swapped in meanwhile", async (context) => {
    if (!canPin) context.skip("this system has no way to hold on to a directory");
    disk.mkdirSync(at("real"));
    let running = true;
    // What is written at the same time may create `real` before it is put back.
    const put = (swap: () => void): void => {
      for (let done = false; !done;) {
        disk.rmSync(at("real"), { recursive: true, force: true });
        try {
          swap();
          done = true;
        } catch (error) {
          if (!/EEXIST|ENOTEMPTY/.test(String(error))) throw error;
        }
      }
    };
    const swapping = (async () => {
      while (running) {
        disk.renameSync(at("real"), at("parked"));
        put(() => disk.symlinkSync("../outside", at("real")));
        await new Promise((resolve) => setImmediate(resolve));
        put(() => disk.renameSync(at("parked"), at("real")));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let i = 0; i < 300; i++) {
      // Each may succeed or be refused; neither may reach the other side.
      const reading = read("real/secret").catch(() => "refused");
      await Promise.allSettled([
        write(`real/new${i}`, "x"),
        files.remove(p("real/secret")),
        files.mkdir(p(`real/directory${i}`)),
      ]);
      expect(await reading).not.toBe("secret");
    }
    running = false;
    await swapping;
    expect(disk.readdirSync(join(top, "outside"))).toEqual(["secret"]);
  });
});

describe("writing", () => {
  it("[FI5] a reader sees the old content or the new, never a part", async () => {
    const contents = ["a", "b"].map((letter) => letter.repeat(1_000_000));
    await write("file", contents[0] ?? "");
    let writing = true;
    const writer = (async () => {
      for (let i = 0; i < 20; i++) await write("file", contents[i % 2] ?? "");
      writing = false;
    })();
    while (writing) {
      const text = onDisk("file");
      expect(contents.includes(text)).toBe(true);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writer;
    expect(disk.readdirSync(root)).toEqual(["file"]);
  });

  it("[FI5] a host that is killed in the middle leaves the old content or the new", async () => {
    const script = await bundle("test/helpers/fileWriter.ts", top);
    for (let round = 0; round < 5; round++) {
      const child = fork(script, [root], { stdio: "ignore" });
      const exit = once(child, "exit");
      await once(child, "message");
      // Somewhere in the next writes, each time elsewhere.
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.kill("SIGKILL");
      await exit;
      const text = onDisk("file");
      expect(text).toBe((text[0] ?? "none").repeat(2_000_000));
    }
    expect(await names(".")).toEqual(["file"]);
  });

  it("[FI5] keeps the mode of the file, and gives a new one that of its folder", async () => {
    put("script", "old");
    disk.chmodSync(at("script"), 0o751);
    await write("script", "new");
    await write("plain", "new");
    expect((await files.stat(p("script")))?.mode).toBe("-rwxr-x--x");
    expect((await files.stat(p("plain")))?.mode).toBe("-rw-r--r--");
  });

  it("keeps the owner when the host may", async (context) => {
    if (process.getuid?.() !== 0) context.skip("giving files away takes the superuser");
    put("theirs", "old");
    disk.chownSync(at("theirs"), 1234, 5678);
    await write("theirs", "new");
    expect(disk.statSync(at("theirs"))).toMatchObject({ uid: 1234, gid: 5678 });
  });

  it("hides what is being written, and clears away what a crash has left", async () => {
    const [fresh, old] = [".tandem-0000000000000000.tmp", ".tandem-0000000000000001.tmp"];
    put(fresh, "x");
    put(old, "x");
    disk.utimesSync(at(old), 1, 1);
    expect(await names(".")).toEqual([]);
    expect(disk.readdirSync(root)).toEqual([fresh]);
  });

  it("replaces only what is expected to be there, when that is asked for", async () => {
    const over = (expected: string, text: string): Promise<void> =>
      files.write(p("file"), encodeUtf8(text), encodeUtf8(expected));
    const create = (text: string): Promise<void> =>
      files.write(p("folder/file"), encodeUtf8(text), "nothing");
    await write("file", "one");
    await over("one", "two");
    await expect(over("one", "three")).rejects.toThrow("open file: file has changed");
    expect(onDisk("file")).toBe("two");
    await create("first");
    await expect(create("second")).rejects.toThrow("file has changed");
    expect(onDisk("folder/file")).toBe("first");
    disk.rmSync(at("file"));
    await expect(over("two", "three")).rejects.toThrow("file has changed");
    expect(disk.readdirSync(root)).toEqual(["folder"]);
    disk.rmSync(at("folder"), { recursive: true });
    const gone = files.write(p("folder/file"), encodeUtf8("x"), encodeUtf8("first"));
    await expect(gone).rejects.toThrow("no such file or directory");
    expect(disk.readdirSync(root)).toEqual([]);
  });

  it("keeps bytes as they are", async () => {
    const content = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256);
    await files.write(p("binary"), content);
    expect(new Uint8Array(await files.read(p("binary")))).toEqual(content);
    await files.write(p("empty"), new Uint8Array());
    expect(await files.read(p("empty"))).toHaveLength(0);
  });

  it("[FI6] a full disk is an error that loses nothing", async (context) => {
    const small = join(top, "small");
    disk.mkdirSync(small);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small], { stdio: "ignore" });
    } catch {
      context.skip("mounting a small disk takes a privileged user");
    }
    try {
      const full = createFileSystem({ root: small, clock: systemClock, log: silentLogger });
      await full.write(p("file"), encodeUtf8("precious"));
      await expect(full.write(p("file"), new Uint8Array(200_000))).rejects.toThrow(
        "open file: no space left on device",
      );
      expect(disk.readdirSync(small)).toEqual(["file"]);
      expect(disk.readFileSync(join(small, "file"), "utf8")).toBe("precious");
    } finally {
      execFileSync("umount", [small]);
    }
  });
});

describe("special files and names", () => {
  it("[FI7] a pipe is neither read nor replaced, and nobody waits for it", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await expect(files.read(p("pipe"))).rejects.toThrow("open pipe: not a regular file");
    await expect(write("pipe", "x")).rejects.toThrow("open pipe: not a regular file");
    expect((await files.stat(p("pipe")))?.mode).toBe("prw-r--r--");
    expect(await files.readdir(ROOT)).toEqual([{ name: "pipe", kind: "file" }]);
    await files.remove(p("pipe"));
  });

  it("lists and removes a directory that holds names which are not UTF-8", async (context) => {
    disk.mkdirSync(at("odd"));
    try {
      disk.writeFileSync(Buffer.concat([Buffer.from(at("odd/x")), Buffer.of(0xff)]), "1");
      disk.writeFileSync(Buffer.concat([Buffer.from(at("odd/x")), Buffer.of(0xfe)]), "2");
    } catch {
      context.skip("this disk takes UTF-8 only");
    }
    put("odd/plain", "3");
    expect(await names("odd")).toEqual(["plain", "x\uFFFD"]);
    await files.remove(p("odd"));
    expect(await names(".")).toEqual([]);
  });

  it("removes a deep and wide tree, links in it and nothing behind them", async () => {
    const deep = "d/".repeat(60) + "end";
    await write(deep, "x");
    for (let i = 0; i < 300; i++) put(`d/f${i}`, "x");
    disk.symlinkSync("../../outside", at("d/link"));
    await files.remove(p("d"));
    expect(await names(".")).toEqual([]);
    expect(disk.readdirSync(join(top, "outside"))).toEqual(["secret"]);
  });
});

describe("moving", () => {
  it("changes the case of a name, wherever case matters or not", async () => {
    put("readme", "x");
    await files.move(p("readme"), p("README"));
    expect(await names(".")).toEqual(["README"]);
  });

  it("creates the folders on the way, and overwrites nothing", async () => {
    put("a", "a");
    put("b", "b");
    await files.move(p("a"), p("x/y/a"));
    expect(await read("x/y/a")).toBe("a");
    await expect(files.move(p("b"), p("x/y/a"))).rejects.toThrow("rename b x/y/a: file exists");
    await expect(files.move(p("x"), p("x/y/z"))).rejects.toThrow("invalid argument");
    await expect(files.move(p("none"), p("q/r"))).rejects.toThrow("no such file or directory");
    expect(await names(".")).toEqual(["b", "x"]);
  });
});
