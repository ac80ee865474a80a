import * as disk from "node:fs";
import { appendFile, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Cancel } from "#common/lib/clock.ts";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { joinPath, parentOf, ROOT } from "../paths.ts";
import type { FileChange, FileSystem, ReplPath } from "../platform.ts";
import { systemClock } from "./clock.ts";
import { createFileSystem } from "./fileSystem.ts";

type Kind = "file" | "directory";

/**
 * A tree as a simple client keeps it, with every folder open: a list says what is there, and a change
 * what is different since, each in the order in which it comes.
 */
class Tree {
  readonly kinds = new Map<ReplPath, Kind>();
  readonly #files: FileSystem;
  readonly #watches = new Map<ReplPath, Cancel>();
  #opening = 0;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  get isBusy(): boolean {
    return this.#opening > 0;
  }

  async open(path: ReplPath): Promise<void> {
    this.#opening++;
    try {
      await this.#watch(path);
      const entries = await this.#files.readdir(path);
      if (path === ROOT || this.kinds.get(path) === "directory") this.#list(path, entries);
    } catch {
      // It has gone meanwhile, which was told or will be.
    } finally {
      this.#opening--;
    }
  }

  close(): void {
    for (const cancel of this.#watches.values()) cancel();
  }

  /** As the service does: once is enough, whatever becomes of it. */
  async #watch(path: ReplPath): Promise<void> {
    if (this.#watches.has(path)) return;
    const cancel = await this.#files.watch(path, this.#apply);
    if (this.#watches.has(path)) cancel();
    else this.#watches.set(path, cancel);
  }

  #list(path: ReplPath, entries: readonly { readonly name: string; readonly kind: Kind }[]): void {
    const listed = new Map(entries.map(({ name, kind }) => [joinPath(path, name), kind]));
    for (const known of [...this.kinds.keys()]) {
      if (parentOf(known) === path && known !== ROOT && !listed.has(known)) this.#drop(known);
    }
    for (const [child, kind] of listed) this.#add(child, kind);
  }

  /** What is known already may be something else of the same name: it is looked at again. */
  #add(path: ReplPath, kind: Kind): void {
    const isNews = this.kinds.get(path) !== kind;
    if (isNews) this.#drop(path);
    this.kinds.set(path, kind);
    if (kind === "directory" && isNews) void this.open(path);
  }

  #drop(path: ReplPath): void {
    for (const at of [...this.kinds.keys()]) {
      if (at === path || at.startsWith(`${path}/`)) this.kinds.delete(at);
    }
  }

  readonly #apply = (changes: readonly FileChange[]): void => {
    for (const change of changes) {
      const { kind, path } = change;
      if (kind === "removed" || kind === "moved") this.#drop(path);
      if (kind === "created") {
        this.#add(path, change.entry);
        // Told again, it is there again.
        if (change.entry === "directory") void this.open(path);
      }
      if (kind === "moved") this.#add(change.to, change.entry);
    }
  };
}

/** What is really there. */
function onDisk(root: string, path: ReplPath = ROOT): Map<ReplPath, Kind> {
  const found = new Map<ReplPath, Kind>();
  let entries: disk.Dirent[];
  try {
    entries = disk.readdirSync(join(root, path), { withFileTypes: true });
  } catch {
    return found; // Another act has just taken it away.
  }
  for (const entry of entries) {
    const child = joinPath(path, entry.name);
    found.set(child, entry.isDirectory() ? "directory" : "file");
    if (entry.isDirectory()) for (const [at, kind] of onDisk(root, child)) found.set(at, kind);
  }
  return found;
}

/** Does one thing to the disk, as a program would. What cannot be done is not. */
async function actAtRandom(root: string, below: (n: number) => number): Promise<void> {
  const tree = onDisk(root);
  const pick = (paths: readonly string[]): string =>
    join(root, paths[below(paths.length)] ?? "none");
  const anyPath = (): string => pick([...tree.keys()]);
  const newPath = (): string => {
    const directories = [...tree.keys()].filter((path) => tree.get(path) === "directory");
    return join(pick([".", ...directories]), "abcdef"[below(6)] ?? "a");
  };
  /** Again and again the same names: what has gone is back as something else. */
  const swap = async (): Promise<void> => {
    const [path, aside] = [anyPath(), newPath()];
    await rename(path, aside);
    if (below(2) === 0) await mkdir(join(path, "x"), { recursive: true });
    else await rename(aside, path);
  };
  const replace = async (): Promise<void> => {
    const path = anyPath();
    await rm(path, { recursive: true });
    await (below(2) === 0 ? mkdir(path) : writeFile(path, ""));
  };
  const acts = [
    () => writeFile(newPath(), "x"),
    () => mkdir(newPath()),
    () => mkdir(join(newPath(), "x/y"), { recursive: true }),
    () => rename(anyPath(), newPath()),
    () => rename(anyPath(), newPath()),
    () => rename(anyPath(), anyPath()),
    () => rm(anyPath(), { recursive: true }),
    () => appendFile(anyPath(), "y"),
    replace,
    swap,
  ];
  try {
    await acts[below(acts.length)]?.();
  } catch {
    // A name that is taken, a folder into itself, nothing there.
  }
}

/** At random speed: at once, in the midst of a look, or between two. */
async function pause(below: (n: number) => number): Promise<void> {
  const kind = below(8);
  if (kind < 3) return;
  if (kind < 6) await new Promise((resolve) => setImmediate(resolve));
  else await new Promise((resolve) => setTimeout(resolve, below(kind === 6 ? 4 : 30)));
}

/** Seeds that CI tries; `TANDEM_WATCH_SEEDS=1-1000` names others, for the desk. */
const [from = 1, to = from] = (process.env["TANDEM_WATCH_SEEDS"] ?? "1-8").split("-").map(Number);
const seeds = Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("a tree that follows what is told", () => {
  it.each(seeds)("[FE10] is what the disk is, in the end (seed %i)", async (seed) => {
    const random = mulberry32(seed);
    const below = (n: number): number => randomBelow(random, n);
    const root = disk.mkdtempSync(join(tmpdir(), "tandem-tree-"));
    const files = createFileSystem({ root, clock: systemClock, log: silentLogger });
    const tree = new Tree(files);
    const isRight = (): Promise<void> =>
      vi.waitFor(
        () => {
          expect(tree.isBusy).toBe(false);
          expect(tree.kinds).toEqual(onDisk(root));
        },
        { timeout: 8000, interval: 10 },
      );
    try {
      await tree.open(ROOT);
      for (let i = 0; i < 120; i++) {
        await actAtRandom(root, below);
        await pause(below);
      }
      await isRight();
      // And nothing has become deaf on the way.
      for (const [path, kind] of [[ROOT, "directory"] as const, ...onDisk(root)]) {
        if (kind === "directory") disk.writeFileSync(join(root, path, "last"), "");
      }
      await isRight();
    } finally {
      tree.close();
      disk.rmSync(root, { recursive: true });
    }
  });
});
