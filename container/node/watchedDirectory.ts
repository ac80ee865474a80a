import { watch, type FSWatcher, type Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { messageOf } from "#common/lib/errors.ts";
import { joinPath } from "../paths.ts";
import type { ReplPath } from "../platform.ts";
import type { Containment, HeldDirectory } from "./containment.ts";
import { systemCode } from "./fileError.ts";
import { isTemporary, sweepTemporary } from "./temporaryFile.ts";

/** What is remembered of an entry, to tell later what has become of it. */
export interface Entry {
  readonly kind: "file" | "directory";
  /** Stays through a rename, and is nobody else's: numbers of inodes are used again at once. */
  readonly identity: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** An entry that is not what it was. */
export interface Finding {
  readonly path: ReplPath;
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

export interface DirectoryHost {
  readonly containment: Containment;
  now(): number;
  /** Something may have changed: `scan` finds out. */
  touched(directory: WatchedDirectory): void;
  /** The system gives no notice of changes here (any more). */
  deaf(directory: WatchedDirectory, why: string): void;
}

/** Entries looked at side by side: more would keep other requests from the disk. */
const AT_A_TIME = 64;

/**
 * One directory under watch. What the system says is taken for a hint where to look, never for the
 * truth: it loses, doubles and reorders. The truth is the difference between two looks.
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
      this.#listen(directory.real);
    }
    // Taken before looking: what is touched from here on is for the next look.
    const all = this.#touchedAll;
    const touched = [...this.#touchedNames];
    const written = new Set(this.#writtenNames);
    this.#touchedAll = false;
    this.#touchedNames.clear();
    this.#writtenNames.clear();
    const names = all ? await this.#names(directory) : touched;

    const gone = all ? new Set(this.entries.keys()) : new Set<string>();
    const findings: Finding[] = [];
    for (let at = 0; at < names.length; at += AT_A_TIME) {
      const some = names.slice(at, at + AT_A_TIME);
      const entries = await Promise.all(some.map((name) => this.#entry(directory, name)));
      for (const [index, name] of some.entries()) {
        gone.delete(name);
        this.#compare(name, entries[index], written.has(name), findings);
      }
    }
    for (const name of gone) this.#compare(name, undefined, false, findings);
    return findings;
  }

  #compare(name: string, after: Entry | undefined, written: boolean, findings: Finding[]): void {
    const before = this.entries.get(name);
    if (after === undefined) this.entries.delete(name);
    else this.entries.set(name, after);
    if (before !== undefined && after !== undefined) {
      const same =
        before.identity === after.identity &&
        before.kind === after.kind &&
        (after.kind === "directory" ||
          (!written &&
            before.sizeBytes === after.sizeBytes &&
            before.modifiedMs === after.modifiedMs));
      if (same) return;
    }
    if (before === after) return; // It came and went, and nobody saw it.
    findings.push({ path: joinPath(this.path, name), before, after });
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
      return {
        kind: await this.#host.containment.kindOf(joinPath(this.path, name), stats),
        identity: identityOf(stats),
        sizeBytes: stats.size,
        modifiedMs: stats.mtimeMs,
      };
    } catch (error) {
      // Names that are not UTF-8 are not found by their text, and so are never told of.
      const code = systemCode(error);
      if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
      throw error;
    }
  }

  #listen(real: string): void {
    if (this.#isClosed) return;
    try {
      const notices = watch(real, { persistent: false });
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

function identityOf({ dev, ino, birthtimeMs, ctimeMs }: Stats): string {
  // Some disks know no time of birth. There a rename shows as a removal and a creation.
  return `${dev}:${ino}:${birthtimeMs > 0 ? birthtimeMs : ctimeMs}`;
}
