/**
 * Gives turns, one at a time and in the order of the calls, to single pieces of work and to items
 * that are done together: items that stand behind one another when their turn comes make one batch.
 * The first turn begins at once when nobody is ahead.
 */
export class TurnQueue<Item extends object> {
  readonly #doBatch: (items: readonly Item[]) => Promise<void>;
  readonly #maxBatch: number;
  #waiting: (Item | (() => void | Promise<void>))[] = [];
  #busy = false;

  /** `doBatch` must not reject. */
  constructor(doBatch: (items: readonly Item[]) => Promise<void>, maxBatch: number) {
    this.#doBatch = doBatch;
    this.#maxBatch = maxBatch;
  }

  push(item: Item): void {
    this.#waiting.push(item);
    if (!this.#busy) this.#work();
  }

  /** Resolves or rejects as `work` does. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const turn = (): void | Promise<void> => {
        try {
          const result = work();
          if (result instanceof Promise) return result.then(resolve, reject);
          resolve(result);
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#waiting.push(turn);
      if (!this.#busy) this.#work();
    });
  }

  #work(): void {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const pending = this.#next();
      if (pending === undefined) continue;
      void pending.then(() => this.#work()); // Neither turns nor batches reject.
      return;
    }
    this.#busy = false;
  }

  #next(): void | Promise<void> {
    const [first] = this.#waiting;
    if (typeof first === "function") {
      this.#waiting.shift();
      return first();
    }
    const items: Item[] = [];
    for (const waiting of this.#waiting) {
      if (typeof waiting === "function" || items.length === this.#maxBatch) break;
      items.push(waiting);
    }
    this.#waiting.splice(0, items.length);
    return this.#doBatch(items);
  }
}
