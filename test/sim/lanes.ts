import { randomBelow, type Random } from "#common/lib/random.ts";

/** Where things wait to happen one after another. */
export class Lane {
  readonly #waiting: (() => void)[] = [];
  /** Held back, as by a network that has stalled. */
  stalled = false;

  push(step: () => void): void {
    this.#waiting.push(step);
  }

  get isReady(): boolean {
    return this.#waiting.length > 0 && !this.stalled;
  }

  takeOne(): void {
    this.#waiting.shift()?.();
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

/** All that waits in a world: within a lane order is kept, between lanes chance decides. */
export class Lanes {
  readonly #lanes = new Set<Lane>();

  add(): Lane {
    const lane = new Lane();
    this.#lanes.add(lane);
    return lane;
  }

  remove(lane: Lane): void {
    lane.clear();
    this.#lanes.delete(lane);
  }

  /** Does one thing that is ready; false when there is none. */
  step(random: Random): boolean {
    const ready = [...this.#lanes].filter((lane) => lane.isReady);
    ready[randomBelow(random, ready.length)]?.takeOne();
    return ready.length > 0;
  }
}
