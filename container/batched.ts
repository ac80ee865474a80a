/**
 * Calls `work` for all who ask while it is under way at once, when it has ended: whoever calls may
 * rely on a run that has begun after the call. Only one is under way at a time.
 */
export function batched(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    if (next === undefined) {
      next = last
        .catch(() => undefined)
        .then(() => {
          next = undefined;
          return work();
        });
      last = next;
    }
    return next;
  };
}
