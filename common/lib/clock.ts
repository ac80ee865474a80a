/** Ends a timer or a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

/** Where time comes from, so that a test can turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, no sooner than `delayMs` from now. */
  after(delayMs: number, callback: () => void): Cancel;
}

/** Calls `callback` every `intervalMs`, first after one interval, until cancelled. */
export function every(clock: Clock, intervalMs: number, callback: () => void): Cancel {
  let cancel = clock.after(intervalMs, tick);
  function tick(): void {
    cancel = clock.after(intervalMs, tick);
    callback();
  }
  return () => cancel();
}
