import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { joinPath, ROOT } from "../paths.ts";
import type { ReplPath } from "../platform.ts";
import type { Containment } from "./containment.ts";
import { entryFrom, identityOf, type Entry } from "./watchedDirectory.ts";

/** Directories looked into side by side. */
const AT_A_TIME = 64;

/** Large, written by tools, and not where people move what they edit. */
const opaque: ReadonlySet<string> = new Set([".git", "node_modules"]);

export interface Search {
  readonly identities: ReadonlySet<string>;
  /** Directories in which nothing has come or gone since then are passed by. */
  readonly sinceMs: number;
  /** Directories to be passed by as well. */
  readonly isKnown: (path: ReplPath) => boolean;
  /** Whether to stop, found or not. */
  readonly isLate: () => boolean;
}

/**
 * Where entries are that were somewhere else before, from the root down. Links are not followed;
 * should one be swapped in meanwhile, nothing is told of what it leads to but what was known before.
 */
export async function seekEntries(
  containment: Containment,
  { identities, sinceMs, isKnown, isLate }: Search,
): Promise<ReadonlyMap<ReplPath, Entry>> {
  const found = new Map<ReplPath, Entry>();

  const lookInto = async (path: ReplPath): Promise<ReplPath[]> => {
    const place = join(containment.root, path);
    const { ctimeMs, nlink } = await lstat(place);
    const isNew = ctimeMs >= sinceMs && !isKnown(path);
    // Most disks count the directories in one, and most directories have none.
    if (!isNew && nlink === 2) return [];
    const entries = await readdir(place, { withFileTypes: true });
    for (const { name } of isNew ? entries : []) {
      const at = joinPath(path, name);
      const stats = await lstat(join(place, name)).catch(() => undefined);
      if (stats === undefined || !identities.has(identityOf(stats))) continue;
      found.set(at, await entryFrom(containment, at, stats));
    }
    return entries
      .filter((entry) => entry.isDirectory() && !opaque.has(entry.name))
      .map(({ name }) => joinPath(path, name));
  };

  let directories: ReplPath[] = [ROOT];
  while (directories.length > 0 && found.size < identities.size && !isLate()) {
    const some = directories.slice(0, AT_A_TIME);
    // What has gone meanwhile, or may not be read, holds nothing.
    const below = await Promise.all(some.map((path) => lookInto(path).catch(() => [])));
    directories = [...directories.slice(AT_A_TIME), ...below.flat()];
  }
  return found;
}
