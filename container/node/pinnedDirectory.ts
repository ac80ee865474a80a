import { constants, statSync } from "node:fs";
import { open, readdir, rmdir, unlink } from "node:fs/promises";
import { systemCode } from "./fileError.ts";

/** A directory that is open, so that nobody can put another in its place. */
export interface PinnedDirectory {
  /** Of the directory itself; its target, by `readlink`, is where it is now. */
  readonly path: string | Buffer;
  /** The path of an entry. Calls that follow links would follow one there. */
  at(name: string | Buffer): Buffer;
}

/** Opens a directory without the right to read it; Linux only, and not among Node's constants. */
const O_PATH = 0o10000000;
const SLASH = Buffer.from("/");

/**
 * Whether paths can go through open directories. Node has no `openat`; a path through
 * `/proc/self/fd` does the same. Without it a pin is only as good as its path.
 */
export const canPin =
  process.platform === "linux" &&
  statSync("/proc/self/fd", { throwIfNoEntry: false })?.isDirectory() === true;

/** Calls `run` with the directory at `path`, and lets go of it when that is done. */
export async function withDirectory<T>(
  path: string | Buffer,
  link: "follow" | "refuse",
  run: (directory: PinnedDirectory) => Promise<T>,
): Promise<T> {
  const access = canPin ? O_PATH : constants.O_RDONLY;
  const links = link === "follow" ? 0 : constants.O_NOFOLLOW;
  const handle = await open(path, access | links | constants.O_DIRECTORY);
  try {
    const own = canPin ? `/proc/self/fd/${handle.fd}` : path;
    return await run({
      path: own,
      at: (name) => Buffer.concat([Buffer.from(own), SLASH, Buffer.from(name)]),
    });
  } finally {
    await handle.close();
  }
}

/** Makes the names of a directory durable: those created, renamed or removed in it. */
export async function syncDirectory(directory: PinnedDirectory): Promise<void> {
  try {
    const handle = await open(directory.at("."), constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Some file systems sync no directories, and one may write where one may not read.
    const code = systemCode(error);
    if (code !== "EINVAL" && code !== "EACCES") throw error;
  }
}

/** Files removed at a time: enough for all threads that do it. */
const AT_A_TIME = 32;

/**
 * Removes the directory at `path` with all that is in it. Links are removed, not followed. Names
 * are bytes here: one that is not UTF-8 goes like any other.
 */
export async function removeTree(path: Buffer): Promise<void> {
  await withDirectory(path, "refuse", async (directory) => {
    const entries = await readdir(directory.path, { withFileTypes: true, encoding: "buffer" });
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    for (let at = 0; at < names.length; at += AT_A_TIME) {
      const some = names.slice(at, at + AT_A_TIME);
      await Promise.all(some.map((name) => unlessGone(unlink(directory.at(name)))));
    }
    // One after the other: each holds a directory open, as deep as the tree is.
    for (const entry of entries) {
      if (entry.isDirectory()) await unlessGone(removeTree(directory.at(entry.name)));
    }
  });
  await unlessGone(rmdir(path));
}

/** What is to go may have gone meanwhile. */
async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
