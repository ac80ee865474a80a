import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, rename, unlink, type FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import type { Place } from "./containment.ts";
import { systemCode } from "./fileError.ts";
import { removeTree, syncDirectory, type PinnedDirectory } from "./pinnedDirectory.ts";

const temporaryNames = /^\.tandem-[0-9a-f]{16}\.tmp$/;
/** Longer than any write goes on without a byte written. */
const ABANDONED_MS = 60_000;
/** The time of a directory tells nothing of what is written deep in it: longer than any copy takes. */
const ABANDONED_TREE_MS = 24 * 60 * 60_000;

/** Whether a name is that of a file in the making, which nobody is told of. */
export function isTemporary(name: string): boolean {
  return temporaryNames.test(name);
}

/** A new such name. */
export function temporaryName(): string {
  return `.tandem-${randomBytes(8).toString("hex")}.tmp`;
}

/**
 * Puts `content` into the file at `place`, which is there or not: whoever reads, and a crash, finds
 * all of the old content or all of the new. Durable when it resolves. Owner and mode stay. What
 * `beforehand` throws, when all that is left to do is the replacing, prevents it; it is given what
 * the file will be.
 */
export async function replaceFile(
  place: Place,
  content: Uint8Array,
  beforehand?: (file: Stats) => Promise<void>,
): Promise<void> {
  const { directory, path, stats } = place;
  // Beside the file, as the one place that is sure to be on its volume and to have its defaults.
  const temporary = directory.at(temporaryName());
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const handle = await open(temporary, flags, stats === undefined ? 0o666 : 0o600);
  try {
    let file: Stats;
    try {
      if (stats !== undefined) await keepOwnerAndMode(handle, stats);
      await handle.writeFile(content);
      await handle.sync();
      file = await handle.stat();
    } finally {
      await handle.close();
    }
    await beforehand?.(file);
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined); // What is left behind is swept later.
    throw error;
  }
  await syncDirectory(directory);
}

/** Removes a temporary file that a crash has left behind, and leaves alone one in the making. */
export async function sweepTemporary(
  directory: PinnedDirectory,
  name: string,
  nowMs: number,
): Promise<void> {
  try {
    const stats = await lstat(directory.at(name));
    const isTree = stats.isDirectory();
    if (stats.mtimeMs >= nowMs - (isTree ? ABANDONED_TREE_MS : ABANDONED_MS)) return;
    await (isTree ? removeTree : unlink)(directory.at(name));
  } catch {
    // It is hidden still, and gone when somebody may remove it.
  }
}

async function keepOwnerAndMode(handle: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const now = await handle.stat();
  if (now.uid !== uid || now.gid !== gid) {
    try {
      await handle.chown(uid, gid);
    } catch (error) {
      // Only the superuser gives files away. Whoever may write the directory may replace the file.
      if (systemCode(error) !== "EPERM") throw error;
    }
  }
  await handle.chmod(mode & 0o7777);
}
