import { constants, type Stats } from "node:fs";
import { access, open, readdir, rename, unlink, type FileHandle } from "node:fs/promises";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { joinPath, parentOf } from "../paths.ts";
import type { DirectoryEntry, FileChange, FileStat, FileSystem, ReplPath } from "../platform.ts";
import { Containment } from "./containment.ts";
import { copyTree } from "./copyTree.ts";
import { fileError, systemCode, systemError } from "./fileError.ts";
import { modeText } from "./modeText.ts";
import { removeTree, syncDirectory } from "./pinnedDirectory.ts";
import { isTemporary, replaceFile, sweepTemporary } from "./temporaryFile.ts";
import { Watcher } from "./watcher.ts";

/** Should a pipe have come in the place of a file: these do not wait for a writer. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The files below `root`. Throws when that is no directory. */
export function createFileSystem(options: {
  readonly root: string;
  readonly clock: Clock;
  readonly log: Logger;
}): FileSystem {
  return new DiskFiles(options.root, options.clock, options.log);
}

class DiskFiles implements FileSystem {
  readonly #containment: Containment;
  readonly #clock: Clock;
  readonly #watcher: Watcher;

  constructor(root: string, clock: Clock, log: Logger) {
    this.#containment = new Containment(root);
    this.#clock = clock;
    this.#watcher = new Watcher(this.#containment, clock, log);
  }

  read(path: ReplPath): Promise<Uint8Array> {
    return named("open", path, () =>
      this.#containment.locate(path, "follow", async (place) => {
        refuseSpecial(place.stats);
        const handle = await open(place.path, READ_FLAGS);
        try {
          return await readRegular(handle);
        } finally {
          await handle.close();
        }
      }),
    );
  }

  write(path: ReplPath, content: Uint8Array, expected?: Uint8Array | "nothing"): Promise<void> {
    return named("open", path, async () => {
      if (!(expected instanceof Uint8Array)) {
        await this.#containment.makeDirectories(parentOf(path));
      }
      await this.#containment.locate(path, "follow", async (place) => {
        if (place.stats?.isDirectory() === true) {
          // Go says the latter, the clients of its time look for the former.
          throw new RequestError("is-a-directory", `open ${path}: file exists: is a directory`);
        }
        refuseSpecial(place.stats);
        // A file that may not be written is not replaced either.
        if (place.stats !== undefined) await access(place.path, constants.W_OK);
        let placed: (() => void) | undefined;
        try {
          await replaceFile(place, content, async (written) => {
            if (expected !== undefined && !(await holds(place.path, expected))) {
              throw new RequestError("conflict", `open ${path}: file has changed`);
            }
            placed = this.#watcher.placing(place, written);
          });
        } finally {
          placed?.();
        }
      });
    });
  }

  mkdir(path: ReplPath): Promise<void> {
    return named("mkdir", path, () => this.#containment.makeDirectories(path));
  }

  remove(path: ReplPath): Promise<void> {
    return named("remove", path, () =>
      this.#containment.locate(path, "keep", async (place) => {
        if (path === ".") throw systemError("EINVAL");
        if (place.stats === undefined) throw systemError("ENOENT");
        await (place.stats.isDirectory() ? removeTree(place.path) : unlink(place.path));
        await syncDirectory(place.directory);
      }),
    );
  }

  move(from: ReplPath, to: ReplPath): Promise<void> {
    return named("rename", `${from} ${to}`, () =>
      this.#containment.locate(from, "keep", async (source) => {
        const { stats } = source;
        if (stats === undefined) throw systemError("ENOENT");
        if (from === "." || to === "." || to.startsWith(`${from}/`)) throw systemError("EINVAL");
        if (from === to) return;
        await this.#containment.makeDirectories(parentOf(to));
        await this.#containment.locate(to, "keep", async (target) => {
          if (target.stats !== undefined && !isSameEntry(stats, target.stats)) {
            throw systemError("EEXIST");
          }
          await rename(source.path, target.path);
          await syncDirectory(target.directory);
        });
        await syncDirectory(source.directory);
      }),
    );
  }

  copy(from: ReplPath, to: ReplPath): Promise<void> {
    return named("copy", `${from} ${to}`, () =>
      this.#containment.locate(from, "keep", async ({ path, stats }) => {
        if (stats === undefined) throw systemError("ENOENT");
        if (from === "." || to === "." || to.startsWith(`${from}/`)) throw systemError("EINVAL");
        await this.#containment.makeDirectories(parentOf(to));
        await this.#containment.locate(to, "keep", async (target) => {
          if (target.stats !== undefined) throw systemError("EEXIST");
          await copyTree(path, stats, target);
        });
      }),
    );
  }

  readdir(path: ReplPath): Promise<readonly DirectoryEntry[]> {
    return named("open", path, async () => {
      try {
        const entries = await this.#list(path);
        this.#watcher.listed(path, entries);
        return entries;
      } catch (error) {
        this.#watcher.missed(path, error);
        throw error;
      }
    });
  }

  #list(path: ReplPath): Promise<readonly DirectoryEntry[]> {
    return this.#containment.hold(path, async (directory) => {
      // Names that are not UTF-8 may look alike: each is listed once.
      const entries = new Map<string, DirectoryEntry>();
      for (const entry of await readdir(directory.path, { withFileTypes: true })) {
        const { name } = entry;
        if (isTemporary(name)) {
          await sweepTemporary(directory, name, this.#clock.now());
        } else {
          const kind = await this.#containment.kindOf(joinPath(path, name), entry);
          entries.set(name, entry.isSymbolicLink() ? { name, kind, isLink: true } : { name, kind });
        }
      }
      return [...entries.values()];
    });
  }

  stat(path: ReplPath): Promise<FileStat | undefined> {
    return named("stat", path, async () => {
      try {
        return await this.#containment.locate(path, "follow", ({ stats }) =>
          Promise.resolve(stats && fileStat(stats)),
        );
      } catch (error) {
        const code = systemCode(error);
        if (code === "ENOENT" || code === "ENOTDIR") return undefined;
        throw error;
      }
    });
  }

  watch(path: ReplPath, onChange: (changes: readonly FileChange[]) => void): Promise<Cancel> {
    return named("watch", path, () => this.#watcher.watch(path, onChange));
  }

  caughtUp(): Promise<void> {
    return this.#watcher.caughtUp();
  }
}

/** Says of whatever fails in which operation it did, and on what. */
async function named<T>(operation: string, subject: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw fileError(operation, subject, error);
  }
}

/** Pipes, sockets and devices have no content to read or to replace, and some never end. */
function refuseSpecial(stats: Stats | undefined): void {
  if (stats === undefined || stats.isFile() || stats.isDirectory()) return;
  throw systemError("ESPECIAL");
}

async function readRegular(handle: FileHandle): Promise<Buffer> {
  const stats = await handle.stat();
  if (stats.isDirectory()) throw systemError("EISDIR");
  refuseSpecial(stats);
  return handle.readFile();
}

/** Whether a file has that content still, or whether there still is nothing at its path. */
async function holds(path: string | Buffer, expected: Uint8Array | "nothing"): Promise<boolean> {
  try {
    const handle = await open(path, READ_FLAGS);
    try {
      return expected !== "nothing" && (await readRegular(handle)).equals(expected);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) === "ENOENT") return expected === "nothing";
    throw error;
  }
}

/** Whether two names are of one entry: on a disk where `A` and `a` are the same. */
function isSameEntry(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino && (a.isDirectory() || a.nlink === 1);
}

function fileStat(stats: Stats): FileStat {
  return {
    kind: stats.isDirectory() ? "directory" : "file",
    sizeBytes: stats.size,
    mode: modeText(stats.mode),
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
  };
}
