import { RequestError } from "#common/lib/errors.ts";
import { joinPath, ROOT } from "../../paths.ts";
import type { DirectoryEntry, FileSystem, ReplPath } from "../../platform.ts";

interface Changed {
  readonly path: ReplPath;
  readonly kind: DirectoryEntry["kind"];
}

/** Clocks of disks go in steps, and lag behind ours by up to one. */
const CLOCK_STEP_MS = 20;
/** Entries looked at side by side. */
const AT_A_TIME = 32;
/** Large, written by tools, and looked at by nobody: told of as a whole, not walked through. */
const opaque: ReadonlySet<string> = new Set([".git", "node_modules"]);

/**
 * Files that have changed since `sinceMs`, and directories in which something was created, renamed
 * or removed since. Links are not followed.
 */
export async function changedSince(disk: FileSystem, sinceMs: number): Promise<Changed[]> {
  const changed: Changed[] = [];
  const look = async (path: ReplPath, kind: DirectoryEntry["kind"]): Promise<void> => {
    const stat = await unlessRefused(disk.stat(path));
    if (stat !== undefined && stat.changedMs >= sinceMs - CLOCK_STEP_MS) {
      changed.push({ path, kind });
    }
  };
  await look(ROOT, "directory");
  const directories: ReplPath[] = [ROOT];
  for (let path = directories.pop(); path !== undefined; path = directories.pop()) {
    const parent = path;
    const entries = (await unlessRefused(disk.readdir(parent))) ?? [];
    for (let at = 0; at < entries.length; at += AT_A_TIME) {
      const some = entries.slice(at, at + AT_A_TIME);
      await Promise.all(some.map(({ name, kind }) => look(joinPath(parent, name), kind)));
    }
    for (const { name, kind, isLink } of entries) {
      if (kind === "directory" && isLink !== true && !opaque.has(name)) {
        directories.push(joinPath(parent, name));
      }
    }
  }
  return changed;
}

/** What has gone meanwhile, or may not be read, is passed over. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}
