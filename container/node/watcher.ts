import { basename, join, relative } from "node:path";
import type { Stats } from "node:fs";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { joinPath, parentOf, ROOT } from "../paths.ts";
import type { DirectoryEntry, FileChange, ReplPath } from "../platform.ts";
import type { Containment, Place } from "./containment.ts";
import { systemCode, systemError } from "./fileError.ts";
import {
  identityOf,
  WatchedDirectory,
  type DirectoryHost,
  type Entry,
  type Finding,
} from "./watchedDirectory.ts";
import { seekEntries } from "./seekEntries.ts";
import { orderChanges, type FoundChange, type OrderedChange } from "./orderChanges.ts";

type OnChange = (changes: readonly FileChange[]) => void;

interface Subscription {
  /** A file in `home`, or `home` itself. */
  readonly path: ReplPath;
  home: Home;
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
  /** The first look is done: from here on all is told. */
  ready: Promise<void>;
  isReady: boolean;
}

/**
 * From the first notice to the look, so that a rename is whole and a burst is one batch. Well under
 * the 100 ms that are promised (FE3), even when a slow disk needs most of them.
 */
const SETTLE_MS = 20;
/** How often to look where the system gives no notice, for want of watches or otherwise. */
const POLL_MS = 1000;
/**
 * A look goes on while more comes in, so that it sees a rename whole, but not for ever: what is
 * written without a pause would keep it from telling the rest.
 */
const LOOK_MS = 40;
/** How long to look for what has gone where nobody watches: what else is told waits meanwhile. */
const SEEK_MS = 50;
/** How long ago it may have gone there, at most. Clocks of disks go in steps, and looks are delayed. */
const SEEK_SINCE_MS = 2000;
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
  #touched = new Set<WatchedDirectory>();
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
    try {
      return await this.#watch(path, onChange);
    } catch (error) {
      this.missed(path, error);
      throw error;
    }
  }

  async #watch(path: ReplPath, onChange: OnChange): Promise<Cancel> {
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

  /** Somebody was shown these entries of a directory: what no look has told of them, one will. */
  listed(path: ReplPath, entries: readonly DirectoryEntry[]): void {
    const home = this.#homes.get(path);
    if (home?.isReady !== true) return;
    home.directory.listed(new Map(entries.map(({ name, kind }) => [name, kind])));
  }

  /** Somebody was told that there is nothing, or nothing of that kind, at `path`. */
  missed(path: ReplPath, error: unknown): void {
    if (isAbsence(error)) this.#shown(path, undefined);
  }

  #shown(path: ReplPath, kind: Entry["kind"] | undefined): void {
    const home = path === ROOT ? undefined : this.#homes.get(parentOf(path));
    if (home?.isReady === true) home.directory.shown(basename(path), kind);
  }

  /**
   * The container is about to put a file at a place. Where it goes from there is told as a move,
   * however soon. Returns what to call when it is there, or will never be.
   */
  placing({ directory, name }: Place, file: Stats): () => void {
    const path = relative(this.containment.root, join(directory.real, name)) as ReplPath;
    const home = this.#homes.get(parentOf(path));
    return home?.directory.placing(name, identityOf(file)) ?? (() => {});
  }

  /** Resolves when everything that had happened before the call has been told. */
  async caughtUp(): Promise<void> {
    await noticesRead();
    await this.#inTurn(() => (this.#touched.size === 0 ? Promise.resolve() : this.#look()));
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
    if (!isKnown(subscription)) {
      // It was there a moment ago, but the last look was before that.
      home.directory.touch();
      await this.#inTurn(() => this.#look());
    }
    if (isKnown(subscription)) return cancel;
    cancel();
    throw home.directory.failure ?? systemError("ENOENT");
  }

  #acquire(path: ReplPath): Home {
    let home = this.#homes.get(path);
    if (home === undefined) {
      if (path !== ROOT) this.#acquire(parentOf(path));
      const directory = new WatchedDirectory(path, this);
      const ready = this.#inTurn(async () => {
        await directory.scan();
        created.isReady = true;
      });
      const created: Home = {
        directory,
        subscriptions: new Set(),
        users: 0,
        ready,
        isReady: false,
      };
      home = created;
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
    const changes = new Map<ReplPath, FoundChange<Subscription>>();
    const untilMs = this.now() + LOOK_MS;
    do {
      await this.#lookAround(changes);
      // Where something has come from or gone to, the system has said so by now.
      await noticesRead();
    } while (this.#touched.size > 0 && this.now() < untilMs);
    this.#lose(changes);
    await this.#seek(changes);
    const inOrder = orderChanges([...changes.values()]);
    this.#tell(inOrder, await this.#leftBehind(inOrder));
    this.#poll();
  }

  /** Adds where something has gone that is watched by its own name, or has such things in it. */
  async #seek(changes: Map<ReplPath, FoundChange<Subscription>>): Promise<void> {
    const identities = new Set<string>();
    for (const { path, before, after, placed, losers } of changes.values()) {
      if (after !== undefined || (losers.size === 0 && !this.#isNamed(path))) continue;
      for (const identity of [before?.identity, placed]) {
        if (identity !== undefined) identities.add(identity);
      }
    }
    for (const { after } of changes.values()) {
      if (after !== undefined) identities.delete(after.identity);
    }
    if (identities.size === 0) return;
    const beganMs = this.now();
    const found = await seekEntries(this.containment, {
      identities,
      sinceMs: beganMs - SEEK_SINCE_MS,
      isKnown: (path) => this.#homes.get(path)?.isReady === true,
      isLate: () => this.now() >= beganMs + SEEK_MS,
    });
    const none = {
      before: undefined,
      placed: undefined,
      isDoubted: false,
      losers: new Set<never>(),
    };
    for (const [path, after] of found) {
      if (!changes.has(path)) changes.set(path, { path, after, ...none });
    }
  }

  #isNamed(path: ReplPath): boolean {
    return [...this.#watching(path)].some((subscription) => subscription.path === path);
  }

  /** One scan of each directory that needs it, as far as is known now. */
  async #lookAround(changes: Map<ReplPath, FoundChange<Subscription>>): Promise<void> {
    const due = this.#touched;
    this.#touched = new Set();
    // From the root down: what a directory tells of another decides what that one may find.
    for (let next = highest(due); next !== undefined; next = highest(due)) {
      due.delete(next);
      const findings = await next.scan();
      const { path, failure } = next;
      // Those above may have looked before it went, and not see that it did if it is back.
      if (failure !== undefined && !next.isLost) this.missed(path, failure);
      for (const finding of findings) {
        const below = this.#homesBelow(finding);
        this.#note(finding, below, changes);
        if (finding.after?.kind !== "directory") continue;
        this.#promote(finding.path, due);
        for (const { directory } of below) {
          directory.found();
          due.add(directory);
        }
      }
    }
  }

  /** Whoever watched a file hears of the entries, now that it is a directory. */
  #promote(path: ReplPath, due: Set<WatchedDirectory>): void {
    const parent = this.#homes.get(parentOf(path));
    for (const subscription of [...(parent?.subscriptions ?? [])]) {
      if (parent === undefined || subscription.path !== path) continue;
      if (parent.directory.path === path) continue;
      const home = this.#acquire(path);
      home.isReady = true;
      parent.subscriptions.delete(subscription);
      home.subscriptions.add(subscription);
      subscription.home = home;
      this.#release(parent);
      due.add(home.directory);
    }
  }

  /** Who watches something in a directory that has moved, and that has not moved with it. */
  async #leftBehind(
    changes: readonly OrderedChange<Subscription>[],
  ): Promise<ReadonlySet<Subscription>> {
    const left = new Set<Subscription>();
    for (const { change, losers } of changes) {
      if (change.kind !== "moved") continue;
      for (const one of losers) {
        const path = movedPath(one.path, change.path, change.to);
        const exists = this.containment.locate(path, "keep", ({ stats }) =>
          Promise.resolve(stats !== undefined),
        );
        if (!(await exists.catch(() => false))) left.add(one);
      }
    }
    return left;
  }

  /** A directory may be scanned twice in one look: what counts is how it was and how it is. */
  #note(
    finding: Finding,
    below: readonly Home[],
    changes: Map<ReplPath, FoundChange<Subscription>>,
  ): void {
    const { path, after } = finding;
    const earlier = changes.get(path);
    const losers = new Set(earlier?.losers);
    for (const { subscriptions } of below) for (const one of subscriptions) losers.add(one);
    // Put last: what is in a directory comes after the directory.
    changes.delete(path);
    changes.set(path, {
      path,
      before: (earlier ?? finding).before,
      after,
      losers,
      placed: finding.placed ?? earlier?.placed,
      isDoubted: finding.isDoubted || earlier?.isDoubted === true,
    });
  }

  /** Has directories that are away at the end forget themselves, and what was found in them. */
  #lose(changes: Map<ReplPath, FoundChange<Subscription>>): void {
    for (const { path, after, losers } of changes.values()) {
      if (losers.size === 0 || after?.kind === "directory") continue;
      for (const { directory } of this.#homes.values()) {
        if (isAtOrBelow(directory.path, path)) directory.lose();
      }
      for (const change of changes.values()) {
        const isInside = change.path !== path && isAtOrBelow(change.path, path);
        if (isInside && change.after !== undefined) changes.delete(change.path);
      }
    }
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

  /** Everyone hears of everything in one order; what comes to one of them in a row, at once. */
  #tell(
    changes: readonly OrderedChange<Subscription>[],
    leftBehind: ReadonlySet<Subscription>,
  ): void {
    let listener: Subscription | undefined;
    let list: FileChange[] = [];
    const flush = (): void => {
      const heard = list;
      list = [];
      if (heard.length === 0) return;
      try {
        listener?.onChange(heard);
      } catch (error) {
        this.#log.error(`a listener failed: ${messageOf(error)}`, { tag: "invariant" });
      }
    };
    const tell = (to: Subscription, change: FileChange): void => {
      if (change.path === to.path) {
        to.isThere = change.kind === "created" || change.kind === "modified";
      }
      if (to !== listener) flush();
      listener = to;
      list.push(change);
    };
    for (const change of changes) this.#tellOne(change, leftBehind, tell);
    flush();
  }

  #tellOne(
    { change, losers }: OrderedChange<Subscription>,
    leftBehind: ReadonlySet<Subscription>,
    tell: (to: Subscription, change: FileChange) => void,
  ): void {
    const { path } = change;
    const told = new Set(this.#watching(path));
    for (const to of told) tell(to, change);
    for (const to of losers) {
      if (told.has(to) || !to.isThere) continue;
      told.add(to);
      if (change.kind !== "moved" || leftBehind.has(to)) {
        tell(to, { kind: "removed", path: to.path });
      } else {
        const entry = to.path === to.home.directory.path ? "directory" : "file";
        const moved = movedPath(to.path, path, change.to);
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

function highest(directories: ReadonlySet<WatchedDirectory>): WatchedDirectory | undefined {
  let highest: WatchedDirectory | undefined;
  for (const directory of directories) {
    if (directory.path === ROOT) return directory;
    if (highest === undefined || directory.path.length < highest.path.length) highest = directory;
  }
  return highest;
}

/** Resolves when all notices that wait in the system have been heard. */
function noticesRead(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Whether an operation has failed since there is nothing, or something of another kind. */
function isAbsence(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Whether the last look has found what is watched. */
function isKnown({ path, home: { directory } }: Subscription): boolean {
  if (directory.failure !== undefined) return false;
  return path === directory.path || directory.entries.has(basename(path));
}

/** Where `path` is after `from`, which it is at or below, has moved. */
function movedPath(path: ReplPath, from: ReplPath, to: ReplPath): ReplPath {
  return (to + path.slice(from.length)) as ReplPath;
}

function isAtOrBelow(path: ReplPath, above: ReplPath): boolean {
  return path === above || path.startsWith(joinPath(above, ""));
}
