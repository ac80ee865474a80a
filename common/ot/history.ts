import { assert } from "#common/lib/errors.ts";
import { lengthDelta, type Component, type Op, transformOp } from "./op.ts";
import { carry, editOf, isSingle, positionOf, singleOp } from "./single.ts";

/**
 * Ops in a row, each made on the text that the one before has left. Single edits, nearly all there
 * are, take 16 bytes and their text instead of an array each, and are walked without making one.
 */
export class History {
  #length = 0;
  /** Where a single edit is made. */
  #places = new Uint32Array(16);
  /** By how much it makes the text longer; 0 stands for an op that is kept whole. */
  #spans = new Int32Array(16);
  /** What a single edit does, or the op that is kept whole. */
  #edits: (Component | Op)[] = [];

  get length(): number {
    return this.#length;
  }

  push(op: Op): void {
    const index = this.#length++;
    if (index === this.#spans.length) this.#resize(2 * index);
    if (isSingle(op)) {
      this.#places[index] = positionOf(op);
      this.#spans[index] = lengthDelta(op);
      this.#edits.push(editOf(op));
    } else {
      this.#spans[index] = 0;
      this.#edits.push(op);
    }
  }

  at(index: number): Op {
    const edit = this.#edits[index];
    assert(edit !== undefined, "an op that is there");
    return typeof edit === "object" ? edit : singleOp(this.#places[index] ?? 0, edit);
  }

  /** By how much the ops from `from` on have made the text longer. */
  deltaSince(from: number): number {
    let delta = 0;
    for (let index = from; index < this.#length; index++) {
      delta += this.#spans[index] || lengthDelta(this.at(index));
    }
    return delta;
  }

  /** `op`, made before the ops from `from` on, rewritten to follow them; they go first at ties. */
  carry(op: Op, from: number): Op {
    let result = op;
    for (let index = from; index < this.#length; index++) {
      const span = this.#spans[index] ?? 0;
      const carried =
        span !== 0 && isSingle(result)
          ? carry(result, this.#places[index] ?? 0, span, true)
          : undefined;
      result = carried ?? transformOp(result, this.at(index), "right");
    }
    return result;
  }

  /** Forgets the oldest `count` ops; the others count from 0 again. */
  dropFirst(count: number): void {
    this.#places.copyWithin(0, count, this.#length);
    this.#spans.copyWithin(0, count, this.#length);
    this.#edits.splice(0, count);
    this.#length -= count;
  }

  #resize(capacity: number): void {
    const places = new Uint32Array(capacity);
    const spans = new Int32Array(capacity);
    places.set(this.#places);
    spans.set(this.#spans);
    this.#places = places;
    this.#spans = spans;
  }
}
