import { within, type Cancel, type Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { KeptDraft } from "./apart.ts";
import type { Committed } from "./committed.ts";
import type { DraftChange, DraftOp, Journal } from "./journal.ts";

/** With a connection, most edits are confirmed sooner than this and need not be written at all. */
const UNSENT_AFTER_MS = 50;

/** A text that the container has as it is, for a page that is opened without a connection. */
const SENT_AFTER_MS = 2_000;

/** What could not be written is tried again so late that it is in nobody's way. */
const RETRY_MS = 5_000;

/** A journal that has not answered by then keeps no edit from being sent. */
const SETTLE_MS = 1_000;

export interface DraftKeeperInit {
  /** Of a draft that was taken over from another page, with what the journal has of it. */
  readonly taken: { readonly id: string; readonly kept: KeptDraft } | undefined;
  /** A new id for a draft, unlike any other. */
  readonly createId: () => string;
  readonly path: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly state: () => DraftState;
  /**
   * Another page goes on with the draft, of which it has found `kept`: all else is to be apart from
   * that, and gets a draft of its own.
   */
  readonly onTaken: (kept: KeptDraft | undefined) => void;
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
  /** Done when what is being written is. */
  #writing: Promise<void> | undefined;
  #isStopped = false;
  /** When it could not be written, until it could. */
  #failedMs: number | undefined;
  #id: string;
  /** Others seemed to go on with these. Where nobody does, they are this page's to remove. */
  readonly #left = new Set<string>();
  /** Whether the journal may have anything of it, and whether it has for sure. */
  #mayBeBegun: boolean;
  #isBegun: boolean;
  /** What the journal has, as long as packets lead from there to what is known. */
  #written: KeptDraft | undefined;
  #restarts = 0;
  /** How many edits of each op that has, by its nonce. */
  #kept: ReadonlyMap<number, number>;
  /** Ops that the journal was given, whether it has them yet or not. */
  #given: ReadonlySet<number>;
  /** What the journal has: of which base, up to which version, and whether with pending ops. */
  #base: number | undefined;
  #version = 0;
  #hasPending = false;

  constructor(init: DraftKeeperInit) {
    this.#init = init;
    const { taken, createId } = init;
    this.#id = taken?.id ?? createId();
    this.#isBegun = taken !== undefined;
    this.#mayBeBegun = this.#isBegun;
    this.#written = taken?.kept;
    this.#kept = editsOf(taken?.kept.pending ?? []);
    this.#given = new Set(this.#kept.keys());
  }

  /** Whether the journal has every edit that the container may lack. */
  get isKept(): boolean {
    return this.#init.state().pending.every(({ nonce, edits }) => this.#kept.get(nonce) === edits);
  }

  /** More is known of how the text began: the draft is written anew from there. */
  rewrite(): void {
    this.#base = undefined;
  }

  /** The text is no longer the one whose packets were written: the draft begins anew. */
  restart(): void {
    this.rewrite();
    this.#written = undefined;
    this.#restarts += 1;
  }

  /**
   * Whether an op of so many edits may be sent: whoever takes the draft over sends what it finds under
   * that nonce, so that the two must be alike.
   */
  isSettled(nonce: number, edits: number): boolean {
    return !this.#given.has(nonce) || this.#kept.get(nonce) === edits;
  }

  /**
   * Another page seems to have taken the draft over, since the container has what was not sent from
   * here; or others have given that back. Goes on under another id.
   */
  leave(): void {
    if (this.#mayBeBegun) this.#left.add(this.#id);
    this.#goOn();
  }

  #goOn(): void {
    const { clock, log, createId, onTaken } = this.#init;
    const found = this.#written;
    log.info("another page goes on with what was kept here");
    this.#id = createId();
    this.#isBegun = false;
    this.#mayBeBegun = false;
    this.#kept = new Map();
    this.#given = new Set();
    this.restart();
    this.#changedMs ??= clock.now();
    onTaken(found);
  }

  /** Resolves when the journal has what is pending, and it is known whose that is; or does not answer. */
  async settle(): Promise<void> {
    const write = async (): Promise<void> => {
      await this.#writing;
      await this.#begin();
    };
    await within(this.#init.clock, SETTLE_MS, write());
  }

  /** Something is different. */
  changed(): void {
    const now = this.#init.clock.now();
    this.#changedMs ??= now;
    if (this.#init.state().pending.length === 0) this.#pendingMs = undefined;
    else this.#pendingMs ??= now;
    this.#schedule();
  }

  /** Another keeper goes on with it, under the id that this gives; nothing more is written here. */
  handOver(): string {
    this.#isStopped = true;
    this.#mayBeBegun = false;
    this.#cancel?.();
    return this.#id;
  }

  /** The container has everything, and nobody looks at the text. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
    if (this.#writing === undefined && this.#mayBeBegun) void this.#remove();
  }

  #schedule(): void {
    if (this.#isStopped || this.#writing !== undefined || this.#changedMs === undefined) return;
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
      void this.#begin();
    });
  }

  async #begin(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    this.#writing = this.#write();
    await this.#writing;
    this.#writing = undefined;
    if (!this.#isStopped) this.#schedule();
    else if (this.#mayBeBegun) void this.#remove();
  }

  async #write(): Promise<void> {
    const { path, journal, clock, log, state } = this.#init;
    const { committed, pending } = state();
    const { version } = committed;
    const isNew = this.#base !== committed.baseVersion;
    const packets = committed.since(isNew ? committed.baseVersion : this.#version);
    this.#changedMs = undefined;
    if (!isNew && packets.length === 0 && pending.length === 0 && !this.#hasPending) return;
    const id = this.#id;
    const restarts = this.#restarts;
    const change: DraftChange = { id, path, isBegun: this.#isBegun, packets, pending };
    this.#base = committed.baseVersion;
    this.#version = version;
    this.#hasPending = pending.length > 0;
    this.#mayBeBegun = true;
    const kept = editsOf(pending);
    this.#given = new Set([...this.#kept.keys(), ...kept.keys()]);
    let isOurs: boolean;
    try {
      isOurs = await journal.write(isNew ? { ...change, base: committed.base } : change);
    } catch (error) {
      if (this.#failedMs === undefined) {
        log.warn(`edits are not kept in this browser: ${messageOf(error)}`);
      }
      this.#failedMs = clock.now();
      this.#changedMs ??= this.#failedMs;
      this.#base = undefined;
      return;
    }
    this.#failedMs = undefined;
    if (id !== this.#id) return;
    if (!isOurs) return this.#goOn();
    this.#isBegun = true;
    if (restarts === this.#restarts) this.#written = { version, pending };
    this.#kept = kept;
    await this.#removeLeft();
  }

  async #remove(): Promise<void> {
    await this.#removeLeft();
    await this.#removeDraft(this.#id);
  }

  /** What nobody has taken over is in the draft that is written now. */
  async #removeLeft(): Promise<void> {
    for (const id of this.#left) {
      this.#left.delete(id);
      await this.#removeDraft(id);
    }
  }

  async #removeDraft(id: string): Promise<void> {
    await this.#init.journal.remove(id).catch((error: unknown) => {
      this.#init.log.warn(`a draft stays: ${messageOf(error)}`);
    });
  }
}

function editsOf(pending: readonly DraftOp[]): ReadonlyMap<number, number> {
  return new Map(pending.map(({ nonce, edits }) => [nonce, edits]));
}
