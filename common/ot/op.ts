import { assert, RequestError } from "#common/lib/errors.ts";
import { carry, editOf, isSingle, positionOf, singleOp } from "./single.ts";

/**
 * One edit of a whole text, as components walked from its start; what follows the last component
 * stays. A positive number retains that many code points (wire: `skip`), a negative one deletes
 * that many, a string is inserted. All positions and lengths are Unicode code points.
 *
 * Normal form (OT3): no zero and no empty component, no two neighbours of one sort, no trailing
 * retain. Where an insert and a delete meet, their order is kept as it was made: others recognise
 * their own op by comparing components, so no function here may swap the two.
 *
 * Every function takes and returns ops in normal form unless it says otherwise.
 */
export type Op = readonly Component[];
export type Component = number | string;

/** Who goes first where two inserts meet: the op in question (`left`) or the other (`right`). */
export type Side = "left" | "right";

/** The length of `text` in code points. A lone surrogate counts as one. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if (isHigh(text.charCodeAt(i)) && isLow(text.charCodeAt(i + 1))) {
      length--;
      i++;
    }
  }
  return length;
}

/**
 * `text` with each lone surrogate replaced by U+FFFD, as UTF-8 would do to it on the way. Text from
 * an editor or a program passes here once; behind that, all text is well formed (OT4).
 */
export function wellFormed(text: string): string {
  return isWellFormed(text) ? text : text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** The text that `op` makes of `text`. The op must not reach past the end. */
export function apply(text: string, op: Op): string {
  let result = "";
  let at = 0;
  for (const component of op) {
    if (typeof component === "string") {
      result += component;
    } else {
      const end = skipCodePoints(text, at, Math.abs(component));
      if (component > 0) result += text.slice(at, end);
      at = end;
    }
  }
  return result + text.slice(at);
}

/** One op that does what `a` and then `b` do: `apply(apply(t, a), b)` is `apply(t, compose(a, b))`. */
export function compose(a: Op, b: Op): Op {
  const typed = typedOn(a, b);
  if (typed) return typed;
  const result: Component[] = [];
  // Where we are in `a`: of its component of that index so much is gone.
  let index = 0;
  let used = 0;
  for (const component of b) {
    if (typeof component === "string") {
      push(result, component);
      continue;
    }
    let left = Math.abs(component);
    while (left > 0) {
      const part = a[index];
      if (typeof part === "string") {
        const end = skipAtMost(part, used, left);
        // What `a` inserted and `b` deletes never was.
        const inserted = part.slice(used, end);
        if (component > 0) push(result, inserted);
        left -= codePointLength(inserted);
        used = end;
        if (end < part.length) continue;
      } else if (part !== undefined && part < 0) {
        push(result, part);
      } else {
        const size = Math.min(left, (part ?? Infinity) - used);
        push(result, component > 0 ? size : -size);
        left -= size;
        used += size;
        if (part === undefined || used < part) continue;
      }
      index++;
      used = 0;
    }
  }
  for (; index < a.length; index++, used = 0) {
    const part = a[index] ?? 0;
    push(result, typeof part === "string" ? part.slice(used) : part - used);
  }
  return trim(result);
}

/** The same where `b` inserts right behind what `a` inserts, as whoever types a word does. */
function typedOn(a: Op, b: Op): Op | undefined {
  if (!isSingle(a) || !isSingle(b)) return undefined;
  const [first, second] = [editOf(a), editOf(b)];
  if (typeof first !== "string" || typeof second !== "string") return undefined;
  const position = positionOf(a);
  if (positionOf(b) !== position + codePointLength(first)) return undefined;
  return singleOp(position, first + second);
}

/**
 * One op that does what `ops` do one after another. Neighbours are composed in pairs, then these, so
 * that of many small ops each is walked a logarithmic number of times.
 */
export function composeAll(ops: readonly Op[]): Op {
  return composeRange(ops, 0, ops.length);
}

function composeRange(ops: readonly Op[], from: number, to: number): Op {
  if (to - from <= 1) return ops[from] ?? [];
  const middle = (from + to) >> 1;
  return compose(composeRange(ops, from, middle), composeRange(ops, middle, to));
}

/**
 * Rewrites two ops made on the same text so that each can follow the other:
 * `compose(a, bPrime)` does what `compose(b, aPrime)` does. Where both insert at one place, `a` goes
 * first; both ends must therefore agree who is `a` (OT5: the op that was committed first).
 */
export function transform(a: Op, b: Op): readonly [aPrime: Op, bPrime: Op] {
  return [transformOp(a, b, "left"), transformOp(b, a, "right")];
}

/** `op` rewritten to follow `other`; `side` says whether it goes first where two inserts meet. */
export function transformOp(op: Op, other: Op, side: Side): Op {
  if (isSingle(op) && isSingle(other)) {
    const carried = carry(op, positionOf(other), lengthDelta(other), side === "right");
    if (carried) return carried;
  }
  const result: Component[] = [];
  const rest = new Reader(op);
  for (const component of other) {
    if (typeof component === "string") {
      if (side === "left" && rest.atInsert()) push(result, rest.takeAll());
      push(result, codePointLength(component));
      continue;
    }
    let left = Math.abs(component);
    while (left > 0) {
      const part = rest.atInsert() ? rest.takeAll() : rest.takeSpan(left);
      if (typeof part === "string") {
        push(result, part);
      } else {
        // Nothing remains to be done to what the other has deleted.
        if (component > 0) push(result, part);
        left -= Math.abs(part);
      }
    }
  }
  return finish(result, rest);
}

/** The op that undoes `op`, which was made on `textBefore`. */
export function invert(op: Op, textBefore: string): Op {
  const result: Component[] = [];
  let at = 0;
  for (const component of op) {
    if (typeof component === "string") {
      push(result, -codePointLength(component));
    } else {
      const end = skipCodePoints(textBefore, at, Math.abs(component));
      push(result, component > 0 ? component : textBefore.slice(at, end));
      at = end;
    }
  }
  return result;
}

/**
 * Where `position` is after `op`. An insert exactly there goes behind the position on side `left`
 * (the position comes first) and pushes it along on side `right`. Order is kept: p ≤ q before
 * means p′ ≤ q′ after.
 */
export function transformPosition(position: number, op: Op, side: Side): number {
  let at = 0;
  let result = position;
  for (const component of op) {
    if (at > result) break;
    if (typeof component === "string") {
      if (at === result && side === "left") break;
      const length = codePointLength(component);
      at += length;
      result += length;
    } else if (component > 0) {
      at += component;
    } else {
      result -= Math.min(-component, result - at);
    }
  }
  return result;
}

/** The normal form of components in any form: merged, without empty ones, without a trailing retain. */
export function normalize(components: readonly Component[]): Op {
  const result: Component[] = [];
  for (const component of components) push(result, component);
  return trim(result);
}

/** Whether `op` does nothing. */
export function isEmpty(op: Op): boolean {
  return op.length === 0;
}

/** By how many code points `op` makes a text longer (or shorter, below zero). */
export function lengthDelta(op: Op): number {
  let delta = 0;
  for (const component of op) {
    if (typeof component === "string") delta += codePointLength(component);
    else if (component < 0) delta += component;
  }
  return delta;
}

/**
 * Throws `RequestError` unless `components` can be applied to a text of `length` code points:
 * whole numbers other than zero, non-empty and well-formed inserts, nothing past the end. Normal
 * form is not asked for: what a peer sends is checked here and then normalised.
 */
export function validate(components: readonly Component[], length: number): void {
  let at = 0;
  for (const component of components) {
    if (typeof component === "string") {
      if (component === "") throw invalid("insert of nothing");
      if (!isWellFormed(component)) throw invalid("insert holds half a surrogate pair");
    } else {
      if (!Number.isInteger(component) || component === 0) {
        throw invalid(`${component} is no number of characters`);
      }
      at += Math.abs(component);
      if (at > length) throw invalid(`reaches ${at}, past the end of the text at ${length}`);
    }
  }
}

function invalid(reason: string): RequestError {
  return new RequestError("bad-request", `invalid op: ${reason}`);
}

/** Appends to a result under construction, which stays normal except for its end. */
function push(result: Component[], component: Component): void {
  if (component === 0 || component === "") return;
  const last = result.at(-1);
  if (typeof component === "string") {
    if (typeof last === "string") result[result.length - 1] = last + component;
    else result.push(component);
  } else if (typeof last === "number" && last > 0 === component > 0) {
    result[result.length - 1] = last + component;
  } else {
    result.push(component);
  }
}

function trim(result: Component[]): Op {
  const last = result.at(-1);
  if (typeof last === "number" && last > 0) result.pop();
  return result;
}

function finish(result: Component[], rest: Reader): Op {
  while (!rest.atEnd()) push(result, rest.takeAll());
  return trim(result);
}

/** Hands out an op piece by piece; behind its end there is text to retain for ever. */
class Reader {
  readonly #op: Op;
  #index = 0;
  /** How many code points of the current component are gone; an insert is taken as a whole. */
  #used = 0;

  constructor(op: Op) {
    this.#op = op;
  }

  atEnd(): boolean {
    return this.#index >= this.#op.length;
  }

  atInsert(): boolean {
    return typeof this.#op[this.#index] === "string";
  }

  /** What is left of the current component. */
  takeAll(): Component {
    const component = this.#op[this.#index];
    if (typeof component !== "string") return this.takeSpan(Infinity);
    this.#index++;
    return component;
  }

  /** At most `length` code points of a retain or a delete. */
  takeSpan(length: number): number {
    const component = this.#op[this.#index];
    if (component === undefined) return length;
    assert(typeof component === "number", "an insert spans nothing");
    const size = Math.abs(component);
    const part = Math.min(length, size - this.#used);
    this.#advance(this.#used + part, size);
    return component > 0 ? part : -part;
  }

  #advance(used: number, size: number): void {
    if (used < size) {
      this.#used = used;
    } else {
      this.#index++;
      this.#used = 0;
    }
  }
}

/** The UTF-16 offset that is `count` code points behind `offset`. */
export function skipCodePoints(text: string, offset: number, count: number): number {
  let at = offset;
  for (let n = 0; n < count; n++) {
    assert(at < text.length, "op reaches past the end of the text");
    at += unitsAt(text, at);
  }
  return at;
}

/** The same, or the end of the text. */
function skipAtMost(text: string, offset: number, count: number): number {
  let at = offset;
  for (let n = 0; n < count && at < text.length; n++) at += unitsAt(text, at);
  return at;
}

function unitsAt(text: string, offset: number): 1 | 2 {
  const pair =
    isHigh(text.charCodeAt(offset)) &&
    offset + 1 < text.length &&
    isLow(text.charCodeAt(offset + 1));
  return pair ? 2 : 1;
}

function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit & 0xf800) !== 0xd800) continue;
    if (!isHigh(unit) || i + 1 >= text.length || !isLow(text.charCodeAt(i + 1))) return false;
    i++;
  }
  return true;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
