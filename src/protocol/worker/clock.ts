import type { Clock } from "#common/lib/clock.ts";

/** The worker's own time. */
export const workerClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
