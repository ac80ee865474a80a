import type { Cancel, Clock } from "#common/lib/clock.ts";
import { Utf8Decoder } from "#common/lib/utf8.ts";
import type { Process } from "./platform.ts";
import type { Session } from "./service.ts";

/**
 * Most characters of one body. A browser takes about as many small frames a second as large ones,
 * so large ones it is; larger still, and each takes longer than an animation frame to draw.
 */
const MAX_BODY_CHARS = 64 * 1024;
/** How long output waits for more: a program that prints line by line fills a frame meanwhile. */
const GATHER_MS = 4;
/** A program is stopped while each of its readers has this much on its way, until less is left. */
const HIGH_WATERMARK_BYTES = 1024 * 1024;
const LOW_WATERMARK_BYTES = 256 * 1024;
const RECHECK_MS = 10;

/** Makes bodies of what a program prints: as text, gathered, and no faster than they are read. */
export class ProgramOutput {
  readonly #clock: Clock;
  readonly #process: Pick<Process, "pause" | "resume">;
  readonly #readers: ReadonlySet<Session>;
  readonly #send: (text: string) => void;
  readonly #decoder = new Utf8Decoder();
  #gathered = "";
  #cancelGathering: Cancel | undefined;
  #cancelRecheck: Cancel | undefined;

  constructor(init: {
    readonly clock: Clock;
    readonly process: Pick<Process, "pause" | "resume">;
    readonly readers: ReadonlySet<Session>;
    readonly send: (text: string) => void;
  }) {
    this.#clock = init.clock;
    this.#process = init.process;
    this.#readers = init.readers;
    this.#send = init.send;
  }

  push(chunk: Uint8Array): void {
    this.#gather(this.#decoder.push(chunk));
    if (this.#gathered === "" || this.#cancelGathering !== undefined) return;
    this.#cancelGathering = this.#clock.after(GATHER_MS, () => this.#flush());
  }

  /** Sends what is left: the program has ended. */
  end(): void {
    this.#cancelRecheck?.();
    this.#gather(this.#decoder.flush());
    this.#flush();
  }

  #gather(text: string): void {
    if (this.#gathered.length + text.length > MAX_BODY_CHARS) this.#flush();
    this.#gathered += text;
  }

  #flush(): void {
    this.#cancelGathering?.();
    this.#cancelGathering = undefined;
    const text = this.#gathered;
    if (text === "") return;
    this.#gathered = "";
    this.#send(text);
    if (this.#cancelRecheck !== undefined || !this.#allHaveMoreThan(HIGH_WATERMARK_BYTES)) return;
    this.#process.pause();
    this.#awaitReaders();
  }

  #awaitReaders(): void {
    this.#cancelRecheck = this.#clock.after(RECHECK_MS, () => {
      if (this.#allHaveMoreThan(LOW_WATERMARK_BYTES)) return this.#awaitReaders();
      this.#cancelRecheck = undefined;
      this.#process.resume();
    });
  }

  /** True of nobody: what no one reads need not wait. */
  #allHaveMoreThan(bytes: number): boolean {
    if (this.#readers.size === 0) return false;
    return [...this.#readers].every(({ queuedBytes }) => queuedBytes > bytes);
  }
}
