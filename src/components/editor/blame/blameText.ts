import { Blame, blameLines, blameSpans, type BlameSpan, type TextPart } from "#common/ot/blame.ts";
import type { Clock } from "#common/lib/clock.ts";
import { codePointLength } from "#common/ot/op.ts";
import type { Versions } from "#common/ot/versions.ts";
import type { FileHistory } from "#store/ot/fileHistory.ts";

/** Versions that are followed at once, some milliseconds of work. */
const SLICE = 5_000;

/** Who wrote which part of one text, as far as the container has it. Offsets are UTF-16 units. */
export class BlamedText {
  readonly versions: Versions;
  readonly blame: Blame;
  readonly #text: string;
  readonly #length: number;
  /** A place whose code points were counted before. */
  #counted = { offset: 0, position: 0 };

  constructor(versions: Versions, blame: Blame, text: string) {
    this.versions = versions;
    this.blame = blame;
    this.#text = text;
    this.#length = blame.length;
  }

  /** The version that each line was last written by, of those between two beginnings; 0 for none. */
  lines(start: number, end: number): readonly number[] {
    return this.#isKnown ? blameLines(this.blame, this.#text, this.#part(start, end)) : [];
  }

  /** Stretches of one author each. */
  spans(start: number, end: number): readonly BlameSpan[] {
    if (!this.#isKnown) return [];
    const authorOf = (version: number): number => this.versions.authorAt(version);
    return blameSpans(this.blame, this.#text, authorOf, this.#part(start, end));
  }

  /** What is followed goes on; of another text nothing is known here. */
  get #isKnown(): boolean {
    return this.blame.length === this.#length;
  }

  #part(start: number, end: number): TextPart {
    const { offset, position } = this.#counted;
    const between = this.#text.slice(Math.min(start, offset), Math.max(start, offset));
    const points = codePointLength(between);
    this.#counted = {
      offset: start,
      position: start < offset ? position - points : position + points,
    };
    return { start, end, position: this.#counted.position };
  }
}

/** Follows a history version by version, never for longer at once than a frame lasts. */
export class BlameText {
  readonly #history: FileHistory;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #endHistory: () => void;
  #blame = new Blame();
  #versions: Versions;
  #followed = 0;
  #isFollowing = false;
  #isDisposed = false;

  constructor(history: FileHistory, clock: Clock, onChange: () => void) {
    this.#history = history;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#versions = history.versions;
    this.#endHistory = history.onChange(() => void this.#follow());
    void this.#follow();
  }

  /** Who wrote what of `text`; undefined while it is not the one that is known. */
  look(text: string): BlamedText | undefined {
    const versions = this.#versions;
    const isKnown =
      this.#history.state.kind === "read" &&
      this.#followed === versions.count &&
      this.#blame.length === codePointLength(text);
    if (!isKnown) return undefined;
    return new BlamedText(versions, this.#blame, text);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#endHistory();
  }

  async #follow(): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    while (!this.#isDisposed && !this.#isUpToDate()) {
      const end = Math.min(this.#versions.count, this.#followed + SLICE);
      while (this.#followed < end) {
        this.#followed += 1;
        this.#blame.apply(this.#versions.opAt(this.#followed), this.#followed);
      }
      if (this.#followed < this.#versions.count) {
        await new Promise<void>((resolve) => this.#clock.after(0, resolve));
      }
    }
    this.#isFollowing = false;
    if (!this.#isDisposed) this.#onChange();
  }

  #isUpToDate(): boolean {
    if (this.#versions !== this.#history.versions) {
      this.#versions = this.#history.versions;
      this.#blame = new Blame();
      this.#followed = 0;
    }
    return this.#followed === this.#versions.count;
  }
}
