import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Committed } from "./committed.ts";
import type { DraftChange, DraftOp, Journal } from "./journal.ts";

/** With a connection, most edits are confirmed sooner than this and need not be written at all. */
const UNSENT_AFTER_MS = 50;

/** A text that the container has as it is, for a page that is opened without a connection. */
const SENT_AFTER_MS = 2_000;

/** What could not be written is tried again so late that it is in nobody's way. */
const RETRY_MS = 5_000;

export interface DraftKeeperInit {
  readonly id: string;
  readonly path: string;
  /** What the journal has of it: it was taken over from another page. */
  readonly kept: readonly DraftOp[] | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: () => DraftState;
}

export interface DraftState {
  readonly committed: Committed;
  readonly pending: readonly DraftOp[];
  readonly isUp: boolean;
}

/**
 * Writes the draft of one open text, one change at a time: what the container lacks as soon as that
 * is likely to matter, all else at leisure.
 */
export class DraftKeeper {
  readonly #init: DraftKeeperInit;
  #cancel: Cancel | undefined;
  #dueMs = 0;
  /** Since when something is not written, and since when something is pending. */
  #changedMs: number | undefined;
  #pendingMs: number | undefined;
  #isWriting = false;
  #isStopped = false;
  /** When it could not be written, until it could. */
  #failedMs: number | undefined;
  /** Whether the journal may have anything of it. */
  #isBegun: boolean;
  /** How many edits of each op the journal has, by its nonce. */
  #kept: ReadonlyMap<number, number>;
  /** What the journal has: of which base, up to which version, and whether with pending ops. */
  #base: number | undefined;
  #version = 0;
  #hasPending = false;

  constructor(init: DraftKeeperInit) {
    this.#init = init;
    this.#isBegun = init.kept !== undefined;
    this.#kept = editsOf(init.kept ?? []);
  }

  /** Whether the journal has every edit that the container may lack. */
  get isKept(): boolean {
    return this.#init.state().pending.every(({ nonce, edits }) => this.#kept.get(nonce) === edits);
  }

  /** The text is no longer the one whose packets were written: the draft begins anew. */
  restart(): void {
    this.#base = undefined;
  }

  /** Something is different. */
  changed(): void {
    const now = this.#init.clock.now();
    this.#changedMs ??= now;
    if (this.#init.state().pending.length === 0) this.#pendingMs = undefined;
    else this.#pendingMs ??= now;
    this.#schedule();
  }

  /** The container has everything, and nobody looks at the text. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    if (!this.#isWriting && this.#isBegun) void this.#remove();
  }

  #schedule(): void {
    if (this.#isStopped || this.#isWriting || this.#changedMs === undefined) return;
    const { clock, state } = this.#init;
    const wantedMs =
      this.#pendingMs === undefined
        ? this.#changedMs + SENT_AFTER_MS
        : this.#pendingMs + (state().isUp ? UNSENT_AFTER_MS : 0);
    const dueMs = Math.max(wantedMs, (this.#failedMs ?? -Infinity) + RETRY_MS);
    if (this.#cancel !== undefined && this.#dueMs === dueMs) return;
    this.#cancel?.();
    this.#dueMs = dueMs;
    this.#cancel = clock.after(Math.max(dueMs - clock.now(), 0), () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { id, path, journal, clock, log, state } = this.#init;
    const { committed, pending } = state();
    const isNew = this.#base !== committed.baseVersion;
    const packets = committed.since(isNew ? committed.baseVersion : this.#version);
    this.#changedMs = undefined;
    if (!isNew && packets.length === 0 && pending.length === 0 && !this.#hasPending) return;
    const change: DraftChange = { id, path, packets, pending };
    this.#base = committed.baseVersion;
    this.#version = committed.version;
    this.#hasPending = pending.length > 0;
    this.#isWriting = true;
    this.#isBegun = true;
    try {
      await journal.write(isNew ? { ...change, base: committed.base } : change);
      this.#kept = editsOf(pending);
      this.#failedMs = undefined;
    } catch (error) {
      if (this.#failedMs === undefined) {
        log.warn(`edits are not kept in this browser: ${messageOf(error)}`);
      }
      this.#failedMs = clock.now();
      this.#changedMs ??= this.#failedMs;
      this.#base = undefined;
    }
    this.#isWriting = false;
    if (this.#isStopped) void this.#remove();
    else this.#schedule();
  }

  async #remove(): Promise<void> {
    const { id, journal, log } = this.#init;
    await journal.remove(id).catch((error: unknown) => {
      log.warn(`a draft stays: ${messageOf(error)}`);
    });
  }
}

function editsOf(pending: readonly DraftOp[]): ReadonlyMap<number, number> {
  return new Map(pending.map(({ nonce, edits }) => [nonce, edits]));
}
