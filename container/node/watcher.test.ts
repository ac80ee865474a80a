import * as disk from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createLogger, type Logger } from "#common/lib/log.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { parseReplPath, ROOT } from "../paths.ts";
import type { FileChange } from "../platform.ts";
import { createFileSystem } from "./fileSystem.ts";

/** What `fs.watch` throws, when it is to throw. */
let refusal: Error | undefined;

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof disk>();
  return {
    ...real,
    watch: (...args: Parameters<typeof disk.watch>) => {
      if (refusal !== undefined) throw refusal;
      return real.watch(...args);
    },
  };
});

let root: string;
let clock: FakeClock;
let warnings: string[];
let log: Logger;
const at = (name: string): string => join(root, name);
const textOf = (change: FileChange): string =>
  change.kind === "moved" ? `moved ${change.path} ${change.to}` : `${change.kind} ${change.path}`;

beforeEach(() => {
  root = disk.mkdtempSync(join(tmpdir(), "tandem-watch-"));
  clock = new FakeClock();
  warnings = [];
  log = createLogger((level, message) => {
    if (level !== "debug") warnings.push(`${level} ${message}`);
  });
  refusal = undefined;
});

afterEach(() => {
  disk.rmSync(root, { recursive: true, force: true });
});

/** Watches, with a clock that moves on only while something is waited for. */
async function watch(path: string) {
  const files = createFileSystem({ root, clock, log });
  const told: string[] = [];
  const cancel = await files.watch(parseReplPath(path), (changes) => {
    told.push(...changes.map(textOf));
  });
  /** All that was told, as soon as it is that much. */
  const until = (count: number): Promise<string[]> =>
    vi.waitFor(
      () => {
        clock.advance(100);
        expect(told.length).toBeGreaterThanOrEqual(count);
        return told;
      },
      { timeout: 10_000, interval: 10 },
    );
  return { files, cancel, until };
}

describe("where the system has no watches left", () => {
  it("[FE9] looks every second instead, and says so", async () => {
    refusal = new Error("ENOSPC: System limit for number of file watchers reached");
    disk.writeFileSync(at("old"), "1");
    const { until, cancel } = await watch(".");
    expect(warnings).toEqual([
      "warn changes are looked for every 1000 ms: ENOSPC: System limit for number of file watchers reached",
    ]);
    disk.writeFileSync(at("new"), "");
    expect(await until(1)).toEqual(["created new"]);
    disk.renameSync(at("new"), at("renamed"));
    disk.writeFileSync(at("old"), "22");
    expect(await until(3)).toEqual(["created new", "moved new renamed", "modified old"]);
    cancel();
    clock.advance(5000);
    await vi.waitFor(() => expect(clock.pending).toBe(0));
  });

  it("[FE9] listens again as soon as it can", async () => {
    refusal = new Error("ENOSPC");
    const { until } = await watch(".");
    disk.writeFileSync(at("a"), "");
    expect(await until(1)).toEqual(["created a"]);
    refusal = undefined;
    disk.writeFileSync(at("b"), "");
    expect(await until(2)).toEqual(["created a", "created b"]);
    await vi.waitFor(() => {
      clock.advance(1000);
      expect(clock.pending).toBe(0);
    });
    disk.writeFileSync(at("c"), "");
    expect(await until(3)).toEqual(["created a", "created b", "created c"]);
  });
});

describe("a watch", () => {
  it("[FE5] survives that the root itself is replaced", async () => {
    disk.writeFileSync(at("kept"), "");
    disk.writeFileSync(at("lost"), "");
    const { until } = await watch(".");
    disk.rmSync(root, { recursive: true });
    disk.mkdirSync(root);
    disk.writeFileSync(at("kept"), "2");
    disk.writeFileSync(at("new"), "");
    expect(await until(3)).toEqual(["removed lost", "created new", "modified kept"]);
    disk.writeFileSync(at("later"), "");
    expect(await until(4)).toEqual([
      "removed lost",
      "created new",
      "modified kept",
      "created later",
    ]);
  });

  it("[FE10] tells that what a list has shown is gone, though no look has seen it", async () => {
    const { files, until } = await watch(".");
    disk.writeFileSync(at("brief"), "");
    expect(await files.readdir(ROOT)).toEqual([{ name: "brief", kind: "file" }]);
    disk.rmSync(at("brief"));
    expect(await until(1)).toEqual(["removed brief"]);
  });

  it("[FE10] tells of a directory again that was missing when somebody asked", async () => {
    disk.mkdirSync(at("d"));
    const { files, until } = await watch(".");
    disk.renameSync(at("d"), at("away"));
    await expect(files.readdir(parseReplPath("d"))).rejects.toThrow("no such file or directory");
    disk.renameSync(at("away"), at("d"));
    expect(await until(1)).toEqual(["created d"]);
  });

  it("[FE1] tells of the entries of what was a file when it was subscribed", async () => {
    disk.writeFileSync(at("a"), "");
    const { until } = await watch("a");
    disk.rmSync(at("a"));
    disk.mkdirSync(at("a"));
    disk.writeFileSync(at("a/x"), "");
    expect(await until(3)).toEqual(["removed a", "created a", "created a/x"]);
  });

  it("[FE4] follows a file that is renamed right after the container wrote it", async () => {
    disk.writeFileSync(at("a"), "old");
    const { files, until } = await watch(".");
    await files.write(parseReplPath("a"), new Uint8Array(5));
    disk.renameSync(at("a"), at("b"));
    expect(await until(1)).toEqual(["moved a b"]);
    await files.write(parseReplPath("new"), new Uint8Array(5));
    disk.renameSync(at("new"), at("newer"));
    expect(await until(2)).toEqual(["moved a b", "moved new newer"]);
  });

  it("tells two files of one inode as two", async () => {
    disk.writeFileSync(at("a"), "");
    disk.linkSync(at("a"), at("b"));
    const { until } = await watch(".");
    disk.rmSync(at("a"));
    disk.rmSync(at("b"));
    expect(new Set(await until(2))).toEqual(new Set(["removed a", "removed b"]));
    disk.writeFileSync(at("c"), "");
    expect((await until(3)).slice(2)).toEqual(["created c"]);
  });

  it("tells a directory that became a file as gone and come", async () => {
    disk.mkdirSync(at("a"));
    disk.writeFileSync(at("a/x"), "");
    const { until } = await watch("a");
    disk.rmSync(at("a"), { recursive: true });
    disk.writeFileSync(at("a"), "");
    expect(await until(2)).toEqual(["removed a", "created a"]);
    disk.rmSync(at("a"));
    disk.mkdirSync(at("a"));
    disk.writeFileSync(at("a/y"), "");
    expect(await until(5)).toEqual([
      "removed a",
      "created a",
      "removed a",
      "created a",
      "created a/y",
    ]);
  });

  it("goes on when a listener throws", async () => {
    const files = createFileSystem({ root, clock, log });
    let calls = 0;
    await files.watch(parseReplPath("."), () => {
      calls++;
      throw new Error("oops");
    });
    const { until } = await watch(".");
    disk.writeFileSync(at("a"), "");
    expect(await until(1)).toEqual(["created a"]);
    await vi.waitFor(() => expect(calls).toBe(1));
    expect(warnings).toEqual(["error a listener failed: oops"]);
  });

  it("rejects for what is not there, and what may not be known", async () => {
    const files = createFileSystem({ root, clock, log });
    const listener = (): void => {};
    await expect(files.watch(parseReplPath("none"), listener)).rejects.toThrow(
      "watch none: no such file or directory",
    );
    disk.writeFileSync(at("file"), "");
    await expect(files.watch(parseReplPath("file/x"), listener)).rejects.toThrow(
      "watch file/x: not a directory",
    );
  });
});
