import type { Clock } from "#common/lib/clock.ts";
import type { Repl, Session } from "../../service.ts";

/** Longest absence after which a client may come back and still know what it saw. */
const REMEMBERED_MS = 60 * 60 * 1000;

interface Visit {
  readonly userId: number;
  /** What has changed since then, it may not know. */
  sinceMs: number;
  /** Nobody knows what it saw before: it may be back from before this container was started. */
  isNew: boolean;
  leftMs: number;
}

const visitsByRepl = new WeakMap<Repl, Visits>();

/**
 * Since when each session may have missed changes of the disk. A connection that comes back is a
 * new session, and nothing tells whose: it takes over from the oldest one of its user that has
 * ended not long ago, and so is told too much rather than too little (FI9).
 */
export class Visits {
  /** Those of one repl. */
  static of(repl: Repl, clock: Clock): Visits {
    let visits = visitsByRepl.get(repl);
    if (visits === undefined) {
      visits = new Visits(clock);
      visitsByRepl.set(repl, visits);
    }
    return visits;
  }

  readonly #clock: Clock;
  readonly #present = new Map<Session, Visit>();
  #past: Visit[] = [];

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  began(session: Session): void {
    const nowMs = this.#clock.now();
    const { userId } = session;
    this.#past = this.#past.filter(({ leftMs }) => leftMs > nowMs - REMEMBERED_MS);
    const before = this.#past.filter((visit) => visit.userId === userId);
    const sinceMs = Math.min(nowMs, ...before.map((visit) => visit.sinceMs));
    this.#present.set(session, { userId, sinceMs, isNew: before.length === 0, leftMs: 0 });
  }

  ended(session: Session): void {
    const visit = this.#present.get(session);
    if (visit === undefined) return;
    this.#present.delete(session);
    visit.leftMs = this.#clock.now();
    this.#past.push(visit);
  }

  /** The session is told now what has changed: since when, in milliseconds since the epoch. */
  asked(session: Session): number {
    const visit = this.#present.get(session);
    if (visit === undefined) return 0;
    const sinceMs = visit.isNew ? 0 : visit.sinceMs;
    visit.isNew = false;
    visit.sinceMs = this.#clock.now();
    return sinceMs;
  }
}
