import { assert } from "#common/lib/errors.ts";
import { codePointLength, lengthDelta, type Op, transformOp } from "./op.ts";
import { carry, editOf, isSingle, positionOf, singleOp } from "./single.ts";

/** Ops in one page. History grows without being copied and is forgotten by pages. */
const PAGE = 1024;

class Page {
  length = 0;
  /** Where a single edit is made. */
  readonly places = new Uint32Array(PAGE);
  /** By how much it makes the text longer; 0 for an op that is not single. */
  readonly spans = new Int32Array(PAGE);
  /** What it inserts, if that is one code point. */
  readonly #points = new Uint32Array(PAGE);
  /** All other ops. */
  readonly #whole = new Map<number, Op>();

  push(op: Op): void {
    const index = this.length++;
    if (!isSingle(op)) {
      this.#whole.set(index, op);
      return;
    }
    const edit = editOf(op);
    const span = typeof edit === "string" ? codePointLength(edit) : edit;
    this.places[index] = positionOf(op);
    this.spans[index] = span;
    if (typeof edit !== "string") return;
    if (span === 1) this.#points[index] = edit.codePointAt(0) ?? 0;
    else this.#whole.set(index, op);
  }

  at(index: number): Op {
    const span = this.spans[index] ?? 0;
    if (span < 0) return singleOp(this.places[index] ?? 0, span);
    if (span === 1) {
      return singleOp(this.places[index] ?? 0, String.fromCodePoint(this.#points[index] ?? 0));
    }
    const op = this.#whole.get(index);
    assert(op, "an op that is there");
    return op;
  }
}

/**
 * Ops in a row, each made on the text that the one before has left. Inserts of one character and
 * deletes, nearly all there are, take twelve bytes outside of the heap; single edits of any length
 * are walked without making arrays of them.
 */
export class History {
  readonly #pages: Page[] = [];
  /** How many ops of the first page are forgotten. */
  #forgotten = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(op: Op): void {
    const end = this.#forgotten + this.#length++;
    if (end % PAGE === 0) this.#pages.push(new Page());
    this.#pageOf(end).push(op);
  }

  at(index: number): Op {
    const place = this.#forgotten + index;
    return this.#pageOf(place).at(place % PAGE);
  }

  /** By how much the ops from `from` on have made the text longer. */
  deltaSince(from: number): number {
    let delta = 0;
    for (let place = this.#forgotten + from; place < this.#forgotten + this.#length; place++) {
      const page = this.#pageOf(place);
      delta += page.spans[place % PAGE] || lengthDelta(page.at(place % PAGE));
    }
    return delta;
  }

  /** `op`, made before the ops from `from` on, rewritten to follow them; they go first at ties. */
  carry(op: Op, from: number): Op {
    let result = op;
    for (let place = this.#forgotten + from; place < this.#forgotten + this.#length; place++) {
      const page = this.#pageOf(place);
      const index = place % PAGE;
      const span = page.spans[index] ?? 0;
      const carried =
        span !== 0 && isSingle(result)
          ? carry(result, page.places[index] ?? 0, span, true)
          : undefined;
      result = carried ?? transformOp(result, page.at(index), "right");
    }
    return result;
  }

  /** Forgets the oldest `count` ops; the others count from 0 again. */
  dropFirst(count: number): void {
    this.#length -= count;
    this.#forgotten += count;
    this.#pages.splice(0, Math.floor(this.#forgotten / PAGE));
    this.#forgotten %= PAGE;
  }

  #pageOf(place: number): Page {
    const page = this.#pages[Math.floor(place / PAGE)];
    assert(page, "a page that is there");
    return page;
  }
}
