import {
  apply,
  codePointLength,
  compose,
  composeAll,
  isEmpty,
  transformOp,
  type Op,
} from "#common/ot/op.ts";
import { diff } from "#common/ot/diff.ts";

/**
 * What the file on disk holds, beside the text that people edit. It stands to that text as a
 * client does to the authority: what is not on disk yet is its `ahead`, and what a program writes
 * meanwhile is carried across it.
 *
 *     held text ──ahead──▶ the text of `version`
 */
export class DiskReplica {
  #held: string;
  #version: number;
  #ahead: Op = [];
  #attempt: SavedText | undefined;

  /** The file holds the text of a version. */
  constructor(held: string, version: number) {
    this.#held = held;
    this.#version = version;
  }

  /** The text that the file is known to hold. */
  get held(): string {
    return this.#held;
  }

  /** The newest version that `ahead` leads to. */
  get version(): number {
    return this.#version;
  }

  /** Whether the file holds the text of `version`, as far as is known. */
  holds(version: number): boolean {
    return this.#version === version && isEmpty(this.#ahead);
  }

  /**
   * The file is about to be written, or was when the last container crashed; until `saved` is called,
   * nobody knows whether it was.
   */
  attempt(text: SavedText): void {
    this.#attempt = text;
  }

  /** The file was written. */
  saved({ text, version }: SavedText): void {
    this.#become(text, version, []);
    this.#attempt = undefined;
  }

  /**
   * Settles, by what the file is found to hold, whether an attempt to write it had come so far.
   * When a program has changed it since, the program must have read one or the other: the newer one
   * if it holds what was new there, since a program does not come upon that by itself; in doubt the
   * older one, since then nothing is taken for deleted that people have typed.
   */
  settle(found: string): SavedText | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (attempt === undefined || found === this.#held) return undefined;
    const wasRead = insertedBy(diff(attempt.text, found)) < insertedBy(diff(this.#held, found));
    if (found !== attempt.text && !wasRead) return undefined;
    this.saved(attempt);
    return attempt;
  }

  /**
   * What it means for the text, when the file is found to hold `found`: `op` on the text of the
   * newest version, which `newer` lead to from `this.version`, and `change` on what the file held.
   * Once `op` is committed, `accept` makes it known.
   */
  changed(found: string, newer: readonly Op[]): DiskChange {
    const ahead = compose(this.#ahead, composeAll(newer));
    const change = diff(this.#held, found);
    return {
      change,
      // What people typed was committed first, so it goes first where both insert (OT5).
      op: transformOp(change, ahead, "right"),
      accept: (version) => this.#become(found, version, transformOp(ahead, change, "left")),
    };
  }

  /** Takes in a `change` that was accepted as `version` before a crash, when `newer` had led there. */
  retrace(change: Op, newer: readonly Op[], version: number): void {
    const ahead = compose(this.#ahead, composeAll(newer));
    this.#become(apply(this.#held, change), version, transformOp(ahead, change, "left"));
  }

  #become(held: string, version: number, ahead: Op): void {
    this.#held = held;
    this.#version = version;
    this.#ahead = ahead;
  }
}

/** The text of a version, as it is written to the file. */
export interface SavedText {
  readonly text: string;
  readonly version: number;
}

interface DiskChange {
  readonly change: Op;
  readonly op: Op;
  readonly accept: (version: number) => void;
}

/** How many code points an op inserts. */
function insertedBy(op: Op): number {
  return op.reduce<number>(
    (sum, part) => (typeof part === "string" ? sum + codePointLength(part) : sum),
    0,
  );
}
