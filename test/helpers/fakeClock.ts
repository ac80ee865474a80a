import type { Cancel, Clock } from "#common/lib/clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is turned. Timers fire in the order of their times. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = Date.UTC(2021, 0, 1)) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Cancel {
    const timer: Timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Turns the clock to the next timer and fires it; false when none waits. */
  fireNext(): boolean {
    const timer = this.#next();
    if (timer === undefined) return false;
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
    return true;
  }

  /** Turns the clock by `ms`, firing everything that is due on the way. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= untilMs;) {
      this.fireNext();
      timer = this.#next();
    }
    this.#nowMs = untilMs;
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    // A set keeps the order of insertion, so equal times fire in the order they were asked for.
    for (const timer of this.#timers) {
      if (first === undefined || timer.dueMs < first.dueMs) first = timer;
    }
    return first;
  }
}
