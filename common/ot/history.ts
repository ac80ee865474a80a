import { assert } from "#common/lib/errors.ts";
import { codePointLength, lengthDelta, type Op, transformOp } from "./op.ts";
import { editOf, isSingle, move, positionOf, singleOp } from "./single.ts";

/** Ops in one page. History grows without being copied and is forgotten by pages. */
const PAGE = 1024;

/** Numbers that a page keeps of each op, side by side. */
const PLACE = 0;
const SPAN = 1;
const POINT = 2;
const TOTAL = 3;
const NUMBERS = 4;

class Page {
  length = 0;
  /**
   * Where a single edit is made, by how much it makes the text longer, the one character that it
   * inserts, and by how much all ops up to it have made the text longer. The span is 0 for an op that
   * is not single.
   */
  readonly #numbers = new Int32Array(NUMBERS * PAGE);
  /** The ops that are not told by their numbers. */
  readonly #whole = new Map<number, Op>();

  /**
   * `before` tells by how much all ops before it have made the text longer; returns the same with it.
   */
  push(op: Op, before: number): number {
    const index = this.length++;
    const first = NUMBERS * index;
    const numbers = this.#numbers;
    const edit = isSingle(op) ? editOf(op) : undefined;
    if (edit === undefined) {
      this.#whole.set(index, op);
      return (numbers[first + TOTAL] = before + lengthDelta(op));
    }
    const span = typeof edit === "string" ? codePointLength(edit) : edit;
    numbers[first + PLACE] = positionOf(op);
    numbers[first + SPAN] = span;
    if (typeof edit === "string") {
      if (span === 1) numbers[first + POINT] = edit.codePointAt(0) ?? 0;
      else this.#whole.set(index, op);
    }
    return (numbers[first + TOTAL] = before + span);
  }

  totalAt(index: number): number {
    return this.#numbers[NUMBERS * index + TOTAL] ?? 0;
  }

  at(index: number): Op {
    const first = NUMBERS * index;
    const place = this.#numbers[first + PLACE] ?? 0;
    const span = this.#numbers[first + SPAN] ?? 0;
    if (span < 0) return singleOp(place, span);
    if (span === 1) {
      return singleOp(place, String.fromCodePoint(this.#numbers[first + POINT] ?? 0));
    }
    const op = this.#whole.get(index);
    assert(op, "an op that is there");
    return op;
  }

  /**
   * Moves a single edit of `start` … `stop`, which are the same for an insert, over the ops from
   * `index` on, as far as that needs no look at more of them than their numbers, or deletes all of it.
   */
  carry(moved: Moved, index: number): number {
    const numbers = this.#numbers;
    const { length } = this;
    let { start, stop } = moved;
    const isInsert = start === stop;
    let i = index;
    for (; i < length; i++) {
      const at = numbers[NUMBERS * i + PLACE] ?? 0;
      const span = numbers[NUMBERS * i + SPAN] ?? 0;
      // It is not single, or divides what is to be deleted.
      if (span === 0 || (span > 0 && start < at && at < stop)) break;
      start = move(start, at, span, true);
      stop = isInsert ? start : move(stop, at, span, false);
      if (start === stop && !isInsert) break;
    }
    moved.start = start;
    moved.stop = stop;
    return i;
  }
}

interface Moved {
  start: number;
  stop: number;
}

/**
 * Ops in a row, each made on the text that the one before has left. Inserts of one character and
 * deletes, nearly all there are, take sixteen bytes outside of the heap; single edits of any length
 * are walked without making arrays of them.
 */
export class History {
  readonly #pages: Page[] = [];
  /** How many ops of the first page are forgotten. */
  #forgotten = 0;
  #length = 0;
  /** By how much all ops there have ever been have made the text longer. */
  #total = 0;
  /** The same of those before the first page. */
  #totalBefore = 0;

  get length(): number {
    return this.#length;
  }

  push(op: Op): void {
    const end = this.#forgotten + this.#length++;
    if (end % PAGE === 0) this.#pages.push(new Page());
    this.#total = this.#pageOf(end).push(op, this.#total);
  }

  at(index: number): Op {
    const place = this.#forgotten + index;
    return this.#pageOf(place).at(place % PAGE);
  }

  /** By how much the ops from `from` on have made the text longer. */
  deltaSince(from: number): number {
    const place = this.#forgotten + from - 1;
    if (place < 0) return this.#total - this.#totalBefore;
    return this.#total - this.#pageOf(place).totalAt(place % PAGE);
  }

  /** `op`, made before the ops from `from` on, rewritten to follow them; they go first at ties. */
  carry(op: Op, from: number): Op {
    const end = this.#forgotten + this.#length;
    let result = op;
    for (let place = this.#forgotten + from; place < end;) {
      const page = this.#pageOf(place);
      let index = place % PAGE;
      if (isSingle(result)) {
        const edit = editOf(result);
        const start = positionOf(result);
        const moved: Moved = { start, stop: typeof edit === "string" ? start : start - edit };
        index = page.carry(moved, index);
        // What is left of it is nothing, which later inserts must not pull apart.
        if (typeof edit !== "string" && moved.start === moved.stop) return [];
        result = singleOp(moved.start, typeof edit === "string" ? edit : moved.start - moved.stop);
      }
      if (index < page.length) result = transformOp(result, page.at(index++), "right");
      place += index - (place % PAGE);
    }
    return result;
  }

  /** Forgets the oldest `count` ops; the others count from 0 again. */
  dropFirst(count: number): void {
    this.#length -= count;
    this.#forgotten += count;
    const gone = this.#pages.splice(0, Math.floor(this.#forgotten / PAGE));
    this.#totalBefore = gone.at(-1)?.totalAt(PAGE - 1) ?? this.#totalBefore;
    this.#forgotten %= PAGE;
  }

  #pageOf(place: number): Page {
    const page = this.#pages[Math.floor(place / PAGE)];
    assert(page, "a page that is there");
    return page;
  }
}
