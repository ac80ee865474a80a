import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Draft, DraftChange, Journal } from "./journal.ts";

/** A browser that has not written by then may never do. */
const SLOW_MS = 5_000;

export interface WatchedJournalInit {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Why the journal fails, when it begins to; undefined when all is well again. */
  readonly onProblem: (problem: string | undefined) => void;
}

/** A journal of which it is known whether it works. */
export class WatchedJournal implements Journal {
  readonly #init: WatchedJournalInit;
  /** What fails, and why: the writing of a draft, by its id, or all reading. */
  readonly #failing = new Map<string, string>();

  constructor(init: WatchedJournalInit) {
    this.#init = init;
  }

  takeUnsent(): Promise<readonly Draft[]> {
    return this.#watch("", this.#init.journal.takeUnsent());
  }

  readUnsent(): Promise<readonly Draft[]> {
    return this.#watch("", this.#init.journal.readUnsent());
  }

  take(path: string): Promise<readonly Draft[]> {
    return this.#watch("", this.#init.journal.take(path));
  }

  onLeft(listener: () => void): void {
    this.#init.journal.onLeft(listener);
  }

  async write(change: DraftChange): Promise<boolean> {
    const { clock, journal } = this.#init;
    const cancel: Cancel = clock.after(SLOW_MS, () => this.#note(change.id, "it does not answer"));
    try {
      return await this.#watch(change.id, journal.write(change));
    } finally {
      cancel();
    }
  }

  /** What was in the draft is safe, so that nobody need know whether it is gone. */
  async remove(id: string): Promise<void> {
    try {
      await this.#init.journal.remove(id);
    } finally {
      this.#note(id, undefined);
    }
  }

  async #watch<T>(what: string, answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      this.#note(what, undefined);
      return value;
    } catch (error) {
      this.#note(what, messageOf(error));
      throw error;
    }
  }

  #note(what: string, problem: string | undefined): void {
    const before = this.#failing.size;
    if (problem === undefined) this.#failing.delete(what);
    else this.#failing.set(what, problem);
    if (before === 0 && problem !== undefined) this.#init.onProblem(problem);
    if (before > 0 && this.#failing.size === 0) this.#init.onProblem(undefined);
  }
}
