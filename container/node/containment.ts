import { realpathSync, statSync, type Stats } from "node:fs";
import { lstat, mkdir, readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { parentOf } from "../paths.ts";
import type { ReplPath } from "../platform.ts";
import { systemCode, systemError } from "./fileError.ts";
import { canPin, withDirectory, type PinnedDirectory } from "./pinnedDirectory.ts";

/** A directory that is proven to be inside the root. */
export interface HeldDirectory extends PinnedDirectory {
  /** Where it really is. */
  readonly real: string;
}

/** Where an entry is, or would be. */
export interface Place {
  readonly directory: HeldDirectory;
  /** Its name in that directory; `.` for the directory itself. */
  readonly name: string;
  /** For calls of the system that do not follow links. */
  readonly path: Buffer;
  /** Of the entry itself; undefined when there is none. */
  readonly stats: Stats | undefined;
}

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * Turns paths of the repl into places that cannot be outside of `root`, whatever links lead there
 * (FI1). A directory is opened, then asked where it is, and what is done is done in that very
 * directory, so that swapping links meanwhile gains nothing where directories can be pinned.
 */
export class Containment {
  readonly root: string;

  /** Throws when `root` is no directory. */
  constructor(root: string) {
    this.root = realpathSync.native(root);
    if (!statSync(this.root).isDirectory()) throw systemError("ENOTDIR");
  }

  /** Calls `run` with the directory at `path`, links followed. */
  hold<T>(path: ReplPath, run: (directory: HeldDirectory) => Promise<T>): Promise<T> {
    return this.#hold(join(this.root, path), run);
  }

  /** Calls `run` with the place of `path`, or of what it links to when `links` are followed. */
  locate<T>(
    path: ReplPath,
    links: "follow" | "keep",
    run: (place: Place) => Promise<T>,
  ): Promise<T> {
    const [directory, name] = path === "." ? [this.root, "."] : splitLast(join(this.root, path));
    return this.#locate(directory, name, links === "follow" ? MAX_LINKS : undefined, run);
  }

  /** Creates the directory at `path` and those above it, as far as they are missing. */
  async makeDirectories(path: ReplPath): Promise<void> {
    const check = (): Promise<void> => this.hold(path, () => Promise.resolve());
    try {
      return await check();
    } catch (error) {
      if (path === "." || systemCode(error) !== "ENOENT") throw error;
    }
    await this.makeDirectories(parentOf(path));
    try {
      await this.locate(path, "keep", (place) => mkdir(place.path));
    } catch (error) {
      // Somebody was faster, or it is a link to nowhere: the check tells.
      if (systemCode(error) !== "EEXIST") throw error;
    }
    await check();
  }

  /** The path of the repl that leads to what is at `path` without links. */
  realPath(path: ReplPath): Promise<ReplPath> {
    return this.locate(path, "follow", ({ directory, name }) => {
      const real = relative(this.root, join(directory.real, name));
      return Promise.resolve((real === "" ? "." : real) as ReplPath);
    });
  }

  /** How an entry shows in a listing: a link as what it leads to, if that is inside. */
  async kindOf(
    path: ReplPath,
    entry: { isDirectory(): boolean; isSymbolicLink(): boolean },
  ): Promise<"file" | "directory"> {
    if (!entry.isSymbolicLink()) return entry.isDirectory() ? "directory" : "file";
    try {
      return await this.locate(path, "follow", ({ stats }) =>
        Promise.resolve(stats?.isDirectory() === true ? "directory" : "file"),
      );
    } catch {
      // It leads outside, in a circle or through what may not be read: it is listed, no more.
      return "file";
    }
  }

  async #hold<T>(path: string, run: (directory: HeldDirectory) => Promise<T>): Promise<T> {
    const direct = canPin ? path : await realpath(path);
    return withDirectory(direct, "follow", async (directory) => {
      const real = canPin ? await readlink(directory.path as string) : direct;
      this.#refuseOutside(real);
      return run({ ...directory, real });
    });
  }

  async #locate<T>(
    parent: string,
    name: string,
    linksLeft: number | undefined,
    run: (place: Place) => Promise<T>,
  ): Promise<T> {
    // A link is followed after its directory was let go: there is never more than one open.
    const found = await this.#hold(parent, async (directory) => {
      const path = directory.at(name);
      const stats = await lstatIfThere(path);
      if (linksLeft === undefined || stats?.isSymbolicLink() !== true) {
        return { value: await run({ directory, name, path, stats }) };
      }
      return { link: await readlink(path), from: directory.real };
    });
    if ("value" in found) return found.value;
    if (linksLeft === undefined || linksLeft === 0) throw systemError("ELOOP");
    // Not normalised: what `..` means after a link is for the system to say.
    const target = isAbsolute(found.link) ? found.link : `${found.from}/${found.link}`;
    try {
      return await this.#locate(...splitLast(target), linksLeft - 1, run);
    } catch (error) {
      // Whether something is there or not is nobody's business outside.
      if (systemCode(error) === "ENOENT") this.#refuseOutside(resolve(target));
      throw error;
    }
  }

  #refuseOutside(real: string): void {
    const prefix = this.root === "/" ? "/" : `${this.root}/`;
    if (real !== this.root && !real.startsWith(prefix)) throw systemError("EOUTSIDE");
  }
}

/** The directory and the last name of an absolute path; `.` when its end is no plain name. */
function splitLast(path: string): [directory: string, name: string] {
  const name = basename(path);
  return name === "" || name === "." || name === ".." ? [path, "."] : [dirname(path), name];
}

async function lstatIfThere(path: Buffer): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
