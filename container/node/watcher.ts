import { basename } from "node:path";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { joinPath, parentOf, ROOT } from "../paths.ts";
import type { FileChange, ReplPath } from "../platform.ts";
import type { Containment } from "./containment.ts";
import { systemError } from "./fileError.ts";
import { WatchedDirectory, type DirectoryHost, type Finding } from "./watchedDirectory.ts";

type OnChange = (changes: readonly FileChange[]) => void;

interface Subscription {
  /** A file in `home`, or `home` itself. */
  readonly path: ReplPath;
  readonly home: Home;
  readonly onChange: OnChange;
  /** What it was told last leaves it with something at `path`. */
  isThere: boolean;
}

/** A directory under watch, with those who want to know. */
interface Home {
  readonly directory: WatchedDirectory;
  readonly subscriptions: Set<Subscription>;
  /** Subscriptions, and homes below. */
  users: number;
  /** The first look is done. */
  ready: Promise<void>;
}

/** A finding, with the subscriptions at or below its path that lose what they watch by it. */
interface Change extends Finding {
  readonly losers: readonly Subscription[];
}

/**
 * From the first notice to the look, so that a rename is whole and a burst is one batch. Well under
 * the 100 ms that are promised (FE3), even when a slow disk needs most of them.
 */
const SETTLE_MS = 20;
/** How often to look where the system gives no notice, for want of watches or otherwise. */
const POLL_MS = 1000;
/** Half of what Linux queues by default: after more in one batch some may have been lost. */
const STORM_NOTICES = 8192;

/**
 * Tells of changes in any number of directories and files (FE1–FE5). Above each watched directory
 * those up to the root are watched too: only they see it go, move or come back.
 */
export class Watcher implements DirectoryHost {
  readonly containment: Containment;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #homes = new Map<ReplPath, Home>();
  readonly #touched = new Set<WatchedDirectory>();
  /** Looks are taken one after the other. */
  #looking: Promise<void> = Promise.resolve();
  #isLookDue = false;
  #cancelPoll: Cancel | undefined;
  #notices = 0;

  constructor(containment: Containment, clock: Clock, log: Logger) {
    this.containment = containment;
    this.#clock = clock;
    this.#log = log;
  }

  /** As `FileSystem.watch`. */
  async watch(path: ReplPath, onChange: OnChange): Promise<Cancel> {
    const isDirectory = await this.containment.locate(path, "follow", ({ stats }) => {
      if (stats === undefined) throw systemError("ENOENT");
      return Promise.resolve(stats.isDirectory());
    });
    if (isDirectory) return this.#subscribe(path, path, onChange);
    const cancel = await this.#subscribe(path, parentOf(path), onChange);
    const target = await this.containment.realPath(path);
    if (target === path) return cancel;
    // Writing through a link changes nothing where the link is.
    const cancelTarget = await this.#subscribe(target, parentOf(target), (changes) => {
      if (changes.some(({ kind }) => kind === "modified" || kind === "created")) {
        onChange([{ kind: "modified", path }]);
      }
    });
    return () => {
      cancel();
      cancelTarget();
    };
  }

  now(): number {
    return this.#clock.now();
  }

  touched(directory: WatchedDirectory): void {
    this.#notices++;
    this.#touched.add(directory);
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#clock.after(SETTLE_MS, () => {
      this.#isLookDue = false;
      void this.#inTurn(() => this.#look());
    });
  }

  deaf(directory: WatchedDirectory, why: string): void {
    this.#log.warn(`changes are looked for every ${POLL_MS} ms: ${why}`, {
      depth: directory.path.split("/").length,
    });
    this.#poll();
  }

  async #subscribe(path: ReplPath, homePath: ReplPath, onChange: OnChange): Promise<Cancel> {
    const home = this.#acquire(homePath);
    const subscription = { path, home, onChange, isThere: true };
    home.subscriptions.add(subscription);
    const cancel = (): void => {
      if (home.subscriptions.delete(subscription)) this.#release(home);
    };
    await home.ready;
    const { failure, entries } = home.directory;
    if (failure === undefined && (path === homePath || entries.has(basename(path)))) return cancel;
    cancel();
    throw failure ?? systemError("ENOENT");
  }

  #acquire(path: ReplPath): Home {
    let home = this.#homes.get(path);
    if (home === undefined) {
      if (path !== ROOT) this.#acquire(parentOf(path));
      const directory = new WatchedDirectory(path, this);
      const ready = this.#inTurn(() => directory.scan());
      home = { directory, subscriptions: new Set(), users: 0, ready };
      this.#homes.set(path, home);
    }
    home.users++;
    return home;
  }

  #release(home: Home): void {
    if (--home.users > 0) return;
    const { path } = home.directory;
    home.directory.close();
    this.#homes.delete(path);
    this.#touched.delete(home.directory);
    const parent = path === ROOT ? undefined : this.#homes.get(parentOf(path));
    if (parent !== undefined) this.#release(parent);
  }

  #inTurn(look: () => Promise<unknown>): Promise<void> {
    this.#looking = this.#looking.then(look).then(
      () => undefined,
      (error: unknown) => {
        this.#log.error(`watching failed: ${messageOf(error)}`, { tag: "invariant" });
      },
    );
    return this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#notices >= STORM_NOTICES) {
      for (const { directory } of this.#homes.values()) directory.touch();
    }
    this.#notices = 0;
    const changes: Change[] = [];
    // From the root down: what a directory tells of another decides what that one may find.
    for (let next = this.#nextTouched(); next !== undefined; next = this.#nextTouched()) {
      this.#touched.delete(next);
      for (const finding of await next.scan()) {
        const below = this.#homesBelow(finding);
        changes.push({ ...finding, losers: below.flatMap((home) => [...home.subscriptions]) });
        for (const { directory } of below) {
          if (finding.after?.kind !== "directory") directory.lose();
          directory.touch();
        }
      }
    }
    this.#tell(changes);
    this.#poll();
  }

  #nextTouched(): WatchedDirectory | undefined {
    let highest: WatchedDirectory | undefined;
    for (const directory of this.#touched) {
      if (directory.path === ROOT) return directory;
      if (highest === undefined || directory.path.length < highest.path.length) highest = directory;
    }
    return highest;
  }

  /** Homes whose directory has gone, come or been replaced by what was found. */
  #homesBelow({ path, before, after }: Finding): Home[] {
    if (before?.kind === "file" && after?.kind === "file") return [];
    if (before?.kind !== "directory" && !this.#homes.has(path)) return [];
    const homes: Home[] = [];
    for (const home of this.#homes.values()) {
      if (isAtOrBelow(home.directory.path, path)) homes.push(home);
    }
    return homes;
  }

  #tell(changes: readonly Change[]): void {
    const told = new Map<Subscription, FileChange[]>();
    const tell = (to: Subscription, change: FileChange): void => {
      if (change.path === to.path) {
        to.isThere = change.kind === "created" || change.kind === "modified";
      }
      const list = told.get(to);
      if (list === undefined) told.set(to, [change]);
      else list.push(change);
    };
    for (const change of inOrder(changes)) this.#tellOne(change, tell);
    for (const [{ onChange }, list] of told) {
      try {
        onChange(list);
      } catch (error) {
        this.#log.error(`a listener failed: ${messageOf(error)}`, { tag: "invariant" });
      }
    }
  }

  #tellOne(
    { change, losers }: OrderedChange,
    tell: (to: Subscription, change: FileChange) => void,
  ): void {
    const { path } = change;
    const told = new Set(this.#watching(path));
    for (const to of told) tell(to, change);
    for (const to of losers) {
      if (told.has(to) || !to.isThere) continue;
      told.add(to);
      if (change.kind !== "moved") {
        tell(to, { kind: "removed", path: to.path });
      } else {
        const entry = to.path === to.home.directory.path ? "directory" : "file";
        const moved = (change.to + to.path.slice(path.length)) as ReplPath;
        tell(to, { kind: "moved", path: to.path, to: moved, entry });
      }
    }
    if (change.kind !== "moved") return;
    for (const to of this.#watching(change.to)) {
      if (!told.has(to)) tell(to, { kind: "created", path: change.to, entry: change.entry });
    }
  }

  /** Those who watch the directory that `path` is in, or `path` itself. */
  *#watching(path: ReplPath): Generator<Subscription> {
    if (path !== ROOT) {
      const parent = this.#homes.get(parentOf(path));
      for (const subscription of parent?.subscriptions ?? []) {
        if (subscription.path === path || subscription.path === parent?.directory.path) {
          yield subscription;
        }
      }
    }
    for (const subscription of this.#homes.get(path)?.subscriptions ?? []) {
      if (subscription.path === path) yield subscription;
    }
  }

  /** Sees to those directories that no notice will come from. */
  #poll(): void {
    const isNeeded = ({ directory }: Home): boolean => !directory.hears && !directory.isLost;
    if (this.#cancelPoll !== undefined || ![...this.#homes.values()].some(isNeeded)) return;
    this.#cancelPoll = this.#clock.after(POLL_MS, () => {
      this.#cancelPoll = undefined;
      for (const home of this.#homes.values()) if (isNeeded(home)) home.directory.touch();
    });
  }
}

interface OrderedChange {
  readonly change: FileChange;
  readonly losers: readonly Subscription[];
}

/**
 * Findings as changes: what has gone in one place and come in another is a move. What has gone is
 * told first, since something else may have come in its place.
 */
function inOrder(findings: readonly Change[]): OrderedChange[] {
  const gone = new Set<Change>();
  const goneByIdentity = new Map<string, Change>();
  const come: Change[] = [];
  const modified: OrderedChange[] = [];
  for (const finding of findings) {
    const { path, before, after } = finding;
    if (before !== undefined && after !== undefined && before.kind === after.kind) {
      if (after.kind === "file") modified.push({ change: { kind: "modified", path }, losers: [] });
      continue;
    }
    if (before !== undefined) {
      gone.add(finding);
      goneByIdentity.set(before.identity, finding);
    }
    if (after !== undefined) come.push(finding);
  }
  const moved: OrderedChange[] = [];
  const created: OrderedChange[] = [];
  for (const { path, after } of come) {
    if (after === undefined) continue;
    const entry = after.kind;
    const from = goneByIdentity.get(after.identity);
    if (from?.before?.kind !== entry || !gone.delete(from)) {
      created.push({ change: { kind: "created", path, entry }, losers: [] });
      continue;
    }
    const change = { kind: "moved", path: from.path, to: path, entry } as const;
    moved.push({ change, losers: from.losers });
  }
  const removed = [...gone].map(({ path, losers }) => ({
    change: { kind: "removed", path } as const,
    losers,
  }));
  return [...removed, ...moved, ...created, ...modified];
}

function isAtOrBelow(path: ReplPath, above: ReplPath): boolean {
  return path === above || path.startsWith(joinPath(above, ""));
}
