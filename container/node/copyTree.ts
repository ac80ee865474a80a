import { constants, type Stats } from "node:fs";
import { lstat, mkdir, open, readdir, readlink, rename, symlink, unlink } from "node:fs/promises";
import type { Place } from "./containment.ts";
import { systemCode, systemError } from "./fileError.ts";
import { removeTree, syncDirectory, withDirectory } from "./pinnedDirectory.ts";
import { isTemporary, temporaryName } from "./temporaryFile.ts";

/** Read and written at a time: few calls, and little memory for what is done at once. */
const CHUNK_BYTES = 256 * 1024;

/** Files of one directory that are copied at once. */
const AT_A_TIME = 8;

/**
 * Copies what is at `source`, of these stats, to a place where nothing is: it appears there as a whole
 * or not at all. Links stay links. Of a directory, what is no file, link or directory is left out.
 */
export async function copyTree(source: Buffer, stats: Stats, target: Place): Promise<void> {
  const temporary = target.directory.at(temporaryName());
  try {
    if (!(await copyEntry(source, stats, temporary, true))) throw systemError("ESPECIAL");
    if (await isThere(target.path)) throw systemError("EEXIST");
    await rename(temporary, target.path);
  } catch (error) {
    // What is left behind is swept later.
    await (stats.isDirectory() ? removeTree(temporary) : unlink(temporary)).catch(() => undefined);
    throw error;
  }
  await syncDirectory(target.directory);
}

/** Tells whether it is of a kind that can be copied. */
async function copyEntry(
  source: Buffer,
  stats: Stats,
  target: Buffer,
  durable: boolean,
): Promise<boolean> {
  if (stats.isDirectory()) await copyDirectory(source, stats, target);
  else if (stats.isSymbolicLink()) await symlink(await readlink(source, "buffer"), target);
  else if (stats.isFile()) await copyFile(source, target, durable);
  else return false;
  return true;
}

async function copyDirectory(source: Buffer, { mode }: Stats, target: Buffer): Promise<void> {
  // Whatever its mode, it has to be filled first.
  await mkdir(target, 0o700);
  await withDirectory(source, "refuse", (from) =>
    withDirectory(target, "refuse", async (to) => {
      const names = await readdir(from.path, { encoding: "buffer" });
      const directories: { readonly name: Buffer; readonly stats: Stats }[] = [];
      const copy = async (name: Buffer): Promise<void> => {
        // The copy itself may be in there, through a link.
        if (isTemporary(name.toString())) return;
        const stats = await lstat(from.at(name));
        if (stats.isDirectory()) directories.push({ name, stats });
        else await copyEntry(from.at(name), stats, to.at(name), false);
      };
      for (let at = 0; at < names.length; at += AT_A_TIME) {
        await Promise.all(names.slice(at, at + AT_A_TIME).map((name) => unlessGone(copy(name))));
      }
      // One after the other: each holds directories open, as deep as the tree is.
      for (const { name, stats } of directories) {
        await unlessGone(copyDirectory(from.at(name), stats, to.at(name)));
      }
      const own = await open(to.at("."), constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await own.chmod(mode & 0o777);
      } finally {
        await own.close();
      }
    }),
  );
}

async function copyFile(source: Buffer, target: Buffer, durable: boolean): Promise<void> {
  // Should a pipe or a link have come in its place: this neither waits nor follows.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const from = await open(source, flags);
  try {
    const stats = await from.stat();
    if (!stats.isFile()) throw systemError("ESPECIAL");
    const to = await open(target, "wx", 0o600);
    try {
      await to.chmod(stats.mode & 0o777);
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await from.read(chunk, 0, chunk.byteLength, null);
        if (bytesRead === 0) break;
        await to.writeFile(chunk.subarray(0, bytesRead));
      }
      if (durable) await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function isThere(path: Buffer): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** What is to be copied may go meanwhile. */
async function unlessGone(copy: Promise<void>): Promise<void> {
  try {
    await copy;
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
