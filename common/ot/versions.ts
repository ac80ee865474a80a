import { assert } from "#common/lib/errors.ts";
import { History } from "./history.ts";
import type { Op } from "./op.ts";
import { Text } from "./text.ts";

/**
 * Fewest and most versions between two key frames. Between them it is a 64th of the text's length:
 * a frame costs time and room with that length, an op hardly anything.
 */
const MIN_SPACING = 1_000;
const MAX_SPACING = 20_000;

interface KeyFrame {
  readonly version: number;
  readonly text: string;
}

/**
 * Every version of one text, from the empty one (0) on, each with its author and time. Whole texts
 * are kept every some thousand versions, so that any of them is had in milliseconds, and one near
 * the last that was asked for at once.
 */
export class Versions {
  readonly #ops = new History();
  readonly #authors: number[] = [];
  readonly #times: number[] = [];
  readonly #frames: KeyFrame[] = [{ version: 0, text: "" }];
  readonly #newest = Text.from("");
  /** The text that was asked for last. */
  #shown: { readonly version: number; readonly text: Text } | undefined;

  /** How many there are, which is the number of the newest. */
  get count(): number {
    return this.#ops.length;
  }

  /** Adds the next version: what `op` makes of the newest. Throws when it does not fit, for good. */
  push(op: Op, author: number, atMs: number): void {
    this.#newest.apply(op);
    this.#ops.push(op);
    this.#authors.push(author);
    this.#times.push(atMs);
    const spacing = Math.min(Math.max(this.#newest.length >> 6, MIN_SPACING), MAX_SPACING);
    if (this.count - this.#frameBefore(this.count).version < spacing) return;
    this.#frames.push({ version: this.count, text: this.#newest.toString() });
  }

  /** The op that made a version; there is none that made version 0. */
  opAt(version: number): Op {
    this.#check(version, 1);
    return this.#ops.at(version - 1);
  }

  authorAt(version: number): number {
    this.#check(version, 1);
    return this.#authors[version - 1] ?? 0;
  }

  /** When a version was made, in milliseconds since the epoch. */
  timeAt(version: number): number {
    this.#check(version, 1);
    return this.#times[version - 1] ?? 0;
  }

  textAt(version: number): string {
    this.#check(version, 0);
    if (version === this.count) return this.#newest.toString();
    const frame = this.#frameBefore(version);
    const shown = this.#shown;
    const isNearer =
      shown !== undefined && shown.version <= version && shown.version >= frame.version;
    const start = isNearer ? shown : { version: frame.version, text: Text.from(frame.text) };
    for (let made = start.version; made < version; made++) start.text.apply(this.#ops.at(made));
    this.#shown = { version, text: start.text };
    return start.text.toString();
  }

  /** The newest key frame that is not newer than `version`. */
  #frameBefore(version: number): KeyFrame {
    let low = 0;
    let high = this.#frames.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#frames[middle]?.version ?? 0) <= version) low = middle;
      else high = middle;
    }
    const frame = this.#frames[low];
    assert(frame, "the empty text is a key frame");
    return frame;
  }

  #check(version: number, first: number): void {
    assert(version >= first && version <= this.count, `there is no version ${version}`);
  }
}
