import type { Cancel, Clock } from "#common/lib/clock.ts";

/** A clock for something that can die: what waits for it then never happens. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Cancel>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  after(delayMs: number, callback: () => void): Cancel {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }
}
