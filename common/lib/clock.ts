/** Ends a timer or a subscription. Calling it twice is harmless. */
export type Cancel = () => void;

/** Where time comes from, so that a test can turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `callback` once, no sooner than `delayMs` from now. */
  after(delayMs: number, callback: () => void): Cancel;
}

/** Resolves when `work` is done, or when so much time is over. Rejects as it does, if it does by then. */
export async function within(clock: Clock, limitMs: number, work: Promise<void>): Promise<void> {
  let cancel: Cancel = () => {};
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
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
