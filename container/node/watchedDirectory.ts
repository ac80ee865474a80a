import { watch, type FSWatcher, type Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { messageOf } from "#common/lib/errors.ts";
import { joinPath } from "../paths.ts";
import type { ReplPath } from "../platform.ts";
import type { Containment, HeldDirectory } from "./containment.ts";
import { systemCode, systemError } from "./fileError.ts";
import { canPin } from "./pinnedDirectory.ts";
import { isTemporary, sweepTemporary } from "./temporaryFile.ts";

/** What is remembered of an entry, to tell later what has become of it. */
export interface Entry {
  readonly kind: "file" | "directory";
  /** Stays through a rename, and is nobody else's: numbers of inodes are used again at once. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** An entry that is not what it was, or not what somebody was shown. */
export interface Finding {
  readonly path: ReplPath;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
  /** Identity of a file that the container has put here, perhaps unseen by any look. */
  readonly placed: string | undefined;
  /** Somebody was shown something else than `before`: to be told again, changed or not. */
  readonly isDoubted: boolean;
}

/** A file that the container is putting at a name. */
interface Placing {
  readonly identity: string;
  isDone: boolean;
}

export interface DirectoryHost {
  readonly containment: Containment;
  now(): number;
  /** Something may have changed: `scan` finds out. */
  touched(directory: WatchedDirectory): void;
  /** The system gives no notice of changes here (any more). */
  deaf(directory: WatchedDirectory, why: string): void;
}

/** What a look has to find out. */
interface Task {
  readonly all: boolean;
  readonly touched: ReadonlySet<string>;
  readonly written: ReadonlySet<string>;
  readonly doubted: ReadonlySet<string>;
  readonly placings: ReadonlyMap<string, Placing>;
}

/** How a directory that is heard by this name calls itself; no entry is called so. */
const SELF = ".";

/** Entries looked at side by side: more would keep other requests from the disk. */
const AT_A_TIME = 64;

/**
 * One directory under watch. What the system says is taken for a hint where to look, never for the
 * truth: it loses, doubles and reorders. The truth is the difference between what is there and what
 * was told, be that by a look before or by the answer to a question in between.
 */
export class WatchedDirectory {
  readonly path: ReplPath;
  /** By name, as of the last scan that was possible. */
  readonly entries = new Map<string, Entry>();
  /** Why the last scan was not possible, if so. */
  failure: unknown;
  /** It is known to be away. */
  isLost = false;

  readonly #host: DirectoryHost;
  readonly #touchedNames = new Set<string>();
  /** Names whose content was written, though size and time may not show it. */
  readonly #writtenNames = new Set<string>();
  readonly #doubtedNames = new Set<string>();
  readonly #placings = new Map<string, Placing>();
  #touchedAll = true;
  #isClosed = false;
  #identity: string | undefined;
  #notices: FSWatcher | undefined;

  constructor(path: ReplPath, host: DirectoryHost) {
    this.path = path;
    this.#host = host;
  }

  /** Whether the system says when something changes. If not, someone must call `touch` now and then. */
  get hears(): boolean {
    return this.#notices !== undefined;
  }

  /** Has the next scan look at everything. */
  touch(): void {
    this.#touchedAll = true;
    this.#host.touched(this);
  }

  /** There is a directory at the path (again), for a scan to look at as a whole. */
  found(): void {
    this.isLost = false;
    this.#touchedAll = true;
  }

  /** Somebody was shown that this is, or is not, at a name: if no look has told so, one will. */
  shown(name: string, kind: Entry["kind"] | undefined): void {
    if (this.entries.get(name)?.kind === kind) return;
    this.#doubtedNames.add(name);
    this.#touchedNames.add(name);
    this.#host.touched(this);
  }

  /** As `shown`, for all there is. */
  listed(kinds: ReadonlyMap<string, Entry["kind"]>): void {
    for (const [name, kind] of kinds) this.shown(name, kind);
    for (const name of this.entries.keys()) if (!kinds.has(name)) this.shown(name, undefined);
  }

  /**
   * A file of the container is about to come to a name: should it be moved on before the next look,
   * it is known. Returns what to call when it is there, or will never be.
   */
  placing(name: string, identity: string): () => void {
    const placing: Placing = { identity, isDone: false };
    this.#placings.set(name, placing);
    return () => {
      placing.isDone = true;
    };
  }

  /** Finds what has changed since the last scan. Scans must not overlap. */
  async scan(): Promise<Finding[]> {
    try {
      const findings = await this.#host.containment.hold(this.path, (held) => this.#look(held));
      this.failure = undefined;
      this.isLost = false;
      return findings;
    } catch (error) {
      // What is remembered stays, until those above say that it is lost: it may be back at once.
      this.failure = error;
      this.#forget();
      return [];
    }
  }

  /** It has gone: whatever is there the next time is new. */
  lose(): void {
    this.isLost = true;
    this.entries.clear();
    this.failure = systemError("ENOENT");
    this.#forget();
  }

  /** Ends the watch. */
  close(): void {
    this.#isClosed = true;
    this.#forget();
  }

  async #look(directory: HeldDirectory): Promise<Finding[]> {
    const identity = identityOf(await lstat(directory.at(".")));
    if (identity !== this.#identity || !this.hears) {
      this.#forget();
      this.#identity = identity;
      this.#touchedAll = true;
      this.#listen(directory);
    }
    // Taken before looking: what is touched from here on is for the next look.
    const task = this.#take();
    try {
      const names = task.all ? await this.#names(directory) : [...task.touched];
      const entries = new Map<string, Entry | undefined>();
      // Whatever else was known has gone, or somebody was shown it though it never came to stay.
      if (task.all) for (const name of this.entries.keys()) entries.set(name, undefined);
      for (const name of task.doubted) entries.set(name, undefined);
      for (let at = 0; at < names.length; at += AT_A_TIME) {
        const some = names.slice(at, at + AT_A_TIME);
        const found = await Promise.all(some.map((name) => this.#entry(directory, name)));
        for (const [index, name] of some.entries()) entries.set(name, found[index]);
      }
      return this.#compare(entries, task);
    } catch (error) {
      for (const name of task.written) this.#writtenNames.add(name);
      for (const name of task.doubted) this.#doubtedNames.add(name);
      throw error;
    }
  }

  #take(): Task {
    const task = {
      all: this.#touchedAll,
      touched: new Set(this.#touchedNames),
      written: new Set(this.#writtenNames),
      doubted: new Set(this.#doubtedNames),
      placings: new Map(this.#placings),
    };
    this.#touchedAll = false;
    this.#touchedNames.clear();
    this.#writtenNames.clear();
    this.#doubtedNames.clear();
    // What is not there yet may still come.
    for (const [name, { isDone }] of this.#placings) if (isDone) this.#placings.delete(name);
    return task;
  }

  /** All at once: a look that fails half way has told nothing, and so must remember nothing. */
  #compare(entries: ReadonlyMap<string, Entry | undefined>, task: Task): Finding[] {
    const findings: Finding[] = [];
    for (const [name, after] of entries) {
      const before = this.entries.get(name);
      if (after === undefined) this.entries.delete(name);
      else this.entries.set(name, after);
      const isDoubted = task.doubted.has(name);
      const placed = task.placings.get(name)?.identity;
      const isNews =
        before === undefined || after === undefined
          ? before !== after || placed !== undefined // Else it came and went, and nobody saw it.
          : isChanged(before, after, task.written.has(name));
      if (!isNews && !isDoubted) continue;
      findings.push({ path: joinPath(this.path, name), before, after, placed, isDoubted });
    }
    return findings;
  }

  async #names(directory: HeldDirectory): Promise<string[]> {
    const names: string[] = [];
    for (const name of await readdir(directory.path)) {
      if (!isTemporary(name)) names.push(name);
      else await sweepTemporary(directory, name, this.#host.now());
    }
    return names;
  }

  async #entry(directory: HeldDirectory, name: string): Promise<Entry | undefined> {
    try {
      const stats = await lstat(directory.at(name));
      return await entryFrom(this.#host.containment, joinPath(this.path, name), stats);
    } catch (error) {
      // Names that are not UTF-8 are not found by their text, and so are never told of.
      const code = systemCode(error);
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
      throw error;
    }
  }

  #listen({ path, real }: HeldDirectory): void {
    if (this.#isClosed) return;
    try {
      // Another directory may be at its path by now: it is the one looked at that must be heard.
      const listened = canPin ? `${String(path)}/${SELF}` : real;
      const notices = watch(listened, { persistent: false });
      notices.on("change", (event, name) => this.#hear(event, name));
      notices.on("error", (error) => {
        if (notices !== this.#notices) return;
        this.#deafen(error);
        this.touch();
      });
      this.#notices = notices;
    } catch (error) {
      this.#deafen(error);
    }
  }

  #hear(event: string, name: string | Buffer | null): void {
    if (typeof name !== "string") {
      this.touch();
      return;
    }
    if (name === SELF) {
      // It was moved or removed. One that comes at once may have its identity, but not its notices.
      this.#forget();
      this.touch();
      return;
    }
    if (isTemporary(name)) return;
    this.#touchedNames.add(name);
    if (event === "change") this.#writtenNames.add(name);
    this.#host.touched(this);
  }

  #deafen(error: unknown): void {
    this.#notices?.close();
    this.#notices = undefined;
    this.#host.deaf(this, messageOf(error));
  }

  #forget(): void {
    this.#notices?.close();
    this.#notices = undefined;
    this.#identity = undefined;
  }
}

function isChanged(before: Entry, after: Entry, isWritten: boolean): boolean {
  if (before.identity !== after.identity || before.kind !== after.kind) return true;
  if (after.kind === "directory") return false;
  const isSame = before.sizeBytes === after.sizeBytes && before.modifiedMs === after.modifiedMs;
  return isWritten || !isSame;
}

/** What is remembered of the entry at `path`. */
export async function entryFrom(
  containment: Containment,
  path: ReplPath,
  stats: Stats,
): Promise<Entry> {
  return {
    kind: await containment.kindOf(path, stats),
    identity: identityOf(stats),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
  };
}

/** Tells one entry from all others, as long as it is there, whatever its name. */
export function identityOf({ dev, ino, birthtimeMs, ctimeMs }: Stats): string {
  // Some disks know no time of birth. There a rename shows as a removal and a creation.
  return `${dev}:${ino}:${birthtimeMs > 0 ? birthtimeMs : ctimeMs}`;
}
