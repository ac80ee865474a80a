import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { FromWorker } from "../bridge.ts";

/** Calls `callback` before the next frame is painted, or soon where none is. */
export type ScheduleFrame = (callback: () => void) => Cancel;

/** Time between two frames of a usual screen. */
export const FRAME_MS = 16;

/** Something that fills up and is emptied in pieces, such as the output of a terminal. */
export interface OutboxSource {
  /** What may go to the main thread now; called at most once per frame. */
  take(): FromWorker | undefined;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly scheduleFrame: ScheduleFrame;
  readonly post: (messages: readonly FromWorker[]) => void;
}

/**
 * Collects what the main thread is to be told and hands it over at most once per frame: each
 * message costs it about as much as a thousand bytes in a larger one. After a quiet frame it goes
 * at once, so that a single keystroke of somebody waits for nothing (CL12).
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #messages: FromWorker[] = [];
  readonly #sources = new Set<OutboxSource>();
  #postedMs = -Infinity;
  #scheduled = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  add(message: FromWorker): void {
    this.#messages.push(message);
    this.#wake();
  }

  /** `source` has something to be taken. */
  offer(source: OutboxSource): void {
    this.#sources.add(source);
    this.#wake();
  }

  #wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const { clock, scheduleFrame } = this.#options;
    const isQuiet = clock.now() - this.#postedMs >= FRAME_MS;
    // Not in this call but behind it: what belongs to it still comes.
    if (isQuiet) void Promise.resolve().then(() => this.#flush());
    else scheduleFrame(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    // Before the sources are asked: one that has more at once is to wait for the next frame.
    this.#postedMs = this.#options.clock.now();
    const messages = this.#messages;
    this.#messages = [];
    const sources = [...this.#sources];
    this.#sources.clear();
    for (const source of sources) {
      const message = source.take();
      if (message !== undefined) messages.push(message);
    }
    if (messages.length > 0) this.#options.post(messages);
  }
}
