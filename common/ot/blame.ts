import { assert } from "#common/lib/errors.ts";
import { codePointLength, type Op } from "./op.ts";

/** Runs in one block. Finding a block and changing it cost about the same then. */
const MAX_RUNS = 256;

/** Neighbouring code points that one version has inserted. */
export interface BlameRun {
  readonly length: number;
  readonly version: number;
}

/** Runs in a row, as two lists that change in place. */
class Block {
  readonly lengths: number[] = [];
  readonly versions: number[] = [];
  points = 0;
}

/**
 * Which version has inserted each code point of a text. It follows the text op by op, in time with
 * the square root of the number of runs, next to the last place in hardly any.
 */
export class Blame {
  readonly #blocks: Block[] = [new Block()];
  /** The block of the last edit, and the code points before it. */
  #index = 0;
  #before = 0;
  #length = 0;

  /** Code points of the text. */
  get length(): number {
    return this.#length;
  }

  /** Follows the text, which `op` changes. What it inserts is of `version`. */
  apply(op: Op, version: number): void {
    let position = 0;
    for (const component of op) {
      if (typeof component === "string") {
        const length = codePointLength(component);
        this.#insert(position, length, version);
        position += length;
      } else if (component > 0) {
        position += component;
      } else {
        this.#delete(position, -component);
      }
    }
  }

  /** The runs from a position on, in order; neighbours are of different versions. */
  *runs(from = 0): Generator<BlameRun> {
    let length = 0;
    let version = 0;
    let skip = from;
    for (const block of this.#blocks) {
      if (skip >= block.points) {
        skip -= block.points;
        continue;
      }
      for (const [index, whole] of block.lengths.entries()) {
        const more = Math.max(whole - skip, 0);
        skip -= whole - more;
        if (more === 0) continue;
        const next = block.versions[index] ?? 0;
        if (next !== version && length > 0) {
          yield { length, version };
          length = 0;
        }
        version = next;
        length += more;
      }
    }
    if (length > 0) yield { length, version };
  }

  #insert(position: number, length: number, version: number): void {
    assert(position <= this.#length, "an insert outside of the text");
    const block = this.#seek(position);
    const { index, inside } = runAt(block, position - this.#before);
    const { lengths, versions } = block;
    const previous = index - 1;
    if (inside === 0 && previous >= 0 && versions[previous] === version) {
      lengths[previous] = (lengths[previous] ?? 0) + length;
    } else if (inside === 0) {
      lengths.splice(index, 0, length);
      versions.splice(index, 0, version);
    } else {
      const whole = lengths[index] ?? 0;
      const old = versions[index] ?? 0;
      lengths.splice(index, 1, inside, length, whole - inside);
      versions.splice(index, 1, old, version, old);
    }
    block.points += length;
    this.#length += length;
    if (lengths.length > MAX_RUNS) this.#split(block);
  }

  #delete(position: number, length: number): void {
    assert(position + length <= this.#length, "a delete outside of the text");
    this.#length -= length;
    for (let left = length; left > 0;) {
      let block = this.#seek(position);
      if (this.#before + block.points === position) block = this.#advance();
      const { index, inside } = runAt(block, position - this.#before);
      const part = Math.min(left, block.points - (position - this.#before));
      deleteRuns(block, index, inside, part);
      block.points -= part;
      left -= part;
      if (block.lengths.length === 0) this.#remove();
    }
  }

  /** The block that holds `position`, or ends there. */
  #seek(position: number): Block {
    while (position < this.#before) {
      this.#index -= 1;
      this.#before -= this.#current().points;
    }
    while (position > this.#before + this.#current().points) this.#advance();
    return this.#current();
  }

  #advance(): Block {
    this.#before += this.#current().points;
    this.#index += 1;
    return this.#current();
  }

  #current(): Block {
    const block = this.#blocks[this.#index];
    assert(block, "a block that is there");
    return block;
  }

  #split(block: Block): void {
    const rest = new Block();
    rest.lengths.push(...block.lengths.splice(MAX_RUNS >> 1));
    rest.versions.push(...block.versions.splice(MAX_RUNS >> 1));
    for (const length of rest.lengths) rest.points += length;
    block.points -= rest.points;
    this.#blocks.splice(this.#index + 1, 0, rest);
  }

  /** Takes the current block away, which is empty, unless it is the only one. */
  #remove(): void {
    if (this.#blocks.length === 1) return;
    this.#blocks.splice(this.#index, 1);
    if (this.#index < this.#blocks.length) return;
    this.#index -= 1;
    this.#before -= this.#current().points;
  }
}

/** The run that holds a place, and how much of it lies before; the next one when a run ends there. */
function runAt({ lengths }: Block, place: number): { index: number; inside: number } {
  let index = 0;
  let inside = place;
  for (; index < lengths.length && inside >= (lengths[index] ?? 0); index++) {
    inside -= lengths[index] ?? 0;
  }
  return { index, inside };
}

/** Takes `length` code points away, from `inside` a run on. */
function deleteRuns({ lengths, versions }: Block, first: number, inside: number, length: number) {
  const whole = lengths[first] ?? 0;
  if (inside > 0 && inside + length < whole) {
    lengths[first] = whole - length;
    return;
  }
  let left = length;
  let from = first;
  if (inside > 0) {
    lengths[first] = inside;
    left -= whole - inside;
    from = first + 1;
  }
  let end = from;
  for (; end < lengths.length && left >= (lengths[end] ?? 0); end++) left -= lengths[end] ?? 0;
  if (left > 0) lengths[end] = (lengths[end] ?? 0) - left;
  lengths.splice(from, end - from);
  versions.splice(from, end - from);
}

/** A stretch of a text, in UTF-16 code units, whose code points have something in common. */
export interface BlameSpan {
  readonly start: number;
  readonly end: number;
  /** The newest version in it. */
  readonly version: number;
}

/** A part of a text, in UTF-16 code units, and where it begins in code points. */
export interface TextPart {
  readonly start: number;
  readonly end: number;
  readonly position: number;
}

/**
 * The runs of `text` in UTF-16, or of a part of it, in time with the part's length, joined where
 * `keyOf` says that neighbours are alike.
 */
export function blameSpans(
  blame: Blame,
  text: string,
  keyOf: (version: number) => number,
  part: TextPart = { start: 0, end: text.length, position: 0 },
): readonly BlameSpan[] {
  const spans: BlameSpan[] = [];
  let at = part.start;
  for (const { length, version } of blame.runs(part.position)) {
    if (at >= part.end) break;
    const start = at;
    for (let n = 0; n < length && at < part.end; n++) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
    const last = spans.at(-1);
    if (last !== undefined && keyOf(last.version) === keyOf(version)) {
      const newest = Math.max(last.version, version);
      spans[spans.length - 1] = { start: last.start, end: at, version: newest };
    } else {
      spans.push({ start, end: at, version });
    }
  }
  return spans;
}

/**
 * For each line of `text`, or of a part of it that begins with a line, the version that has inserted
 * the newest of its code points; of an empty line that of its line end, and 0 when it has none.
 */
export function blameLines(blame: Blame, text: string, part?: TextPart): readonly number[] {
  const lines: number[] = [];
  let newest = 0;
  for (const { start, end, version } of blameSpans(blame, text, (own) => own, part)) {
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      const isEnd =
        unit === LINE_FEED || (unit === RETURN && text.charCodeAt(at + 1) !== LINE_FEED);
      if (isEnd) {
        lines.push(newest === 0 ? version : newest);
        newest = 0;
      } else if (unit !== RETURN) {
        newest = Math.max(newest, version);
      }
    }
  }
  lines.push(newest);
  return lines;
}

const LINE_FEED = 10;
const RETURN = 13;
