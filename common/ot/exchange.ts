import { diff } from "./diff.ts";
import { codePointLength, normalize, type Component, type Op } from "./op.ts";

/**
 * Takes one edit out from under the ops that were made after it, and puts it there again in another
 * form: the same characters, perhaps at other places, perhaps not all of them.
 *
 *     text ──was──▶ X ──rest──▶ …           text ──is──▶ Y ──exchange(was, is, rest)──▶ …
 *
 * What the rest deletes stays deleted wherever it stands now, and what it inserts keeps to its
 * neighbours. No transformation can do that: it knows of no character that has moved.
 */
export function exchange(was: Op, is: Op, rest: readonly Op[]): readonly Op[] {
  let shared = sharedBy(was, is);
  return rest.map((op) => {
    const followed = follow(op, shared);
    shared = followed.shared;
    return followed.op;
  });
}

/** `op` without what it deletes of what `made`, which made the text that it is for, has inserted there. */
export function sparing(made: Op, op: Op): Op {
  const spared: Component[] = [];
  let x = 0;
  for (const component of op) {
    if (typeof component === "string" || component > 0) {
      spared.push(component);
      if (typeof component === "number") x += component;
      continue;
    }
    const end = x - component;
    for (const { at, length } of piecesOf(made).inserts) {
      const from = Math.max(at, x);
      const to = Math.min(at + length, end);
      if (from >= to) continue;
      spared.push(x - from, to - from);
      x = to;
    }
    spared.push(x - end);
    x = end;
  }
  return normalize(spared);
}

/** Characters that two texts have in common: those from `x` on in one are those from `y` in the other. */
interface Span {
  readonly x: number;
  readonly y: number;
  readonly length: number;
}

/** Ordered by `x`; not always by `y` too. */
type Shared = readonly Span[];

/** A part of an edit on the second text. */
interface Part {
  readonly y: number;
  readonly component: Component;
  /** Where an insert stands in what the edit makes of the first text. */
  readonly x: number;
}

/** What two ops on one text have kept of it in common, and inserted in common. */
function sharedBy(was: Op, is: Op): Shared {
  const [first, second] = [piecesOf(was), piecesOf(is)];
  const spans: Span[] = [];
  for (const a of first.kept) {
    for (const b of second.kept) {
      const from = Math.max(a.from, b.from);
      const length = Math.min(a.from + a.length, b.from + b.length) - from;
      if (length > 0) spans.push({ x: a.to + from - a.from, y: b.to + from - b.from, length });
    }
  }
  for (const { from, to, length } of piecesOf(diff(first.inserted, second.inserted)).kept) {
    let done = 0;
    while (done < length) {
      const a = first.placeOf(from + done);
      const b = second.placeOf(to + done);
      if (a === undefined || b === undefined) break;
      const step = Math.min(a.left, b.left, length - done);
      spans.push({ x: a.at, y: b.at, length: step });
      done += step;
    }
  }
  return spans.toSorted((a, b) => a.x - b.x);
}

interface Pieces {
  /** What the op retains: `length` characters from `from` on in the text before, from `to` in the one after. */
  readonly kept: readonly { readonly from: number; readonly to: number; readonly length: number }[];
  /** All that it inserts, in order, and where that is in the text after. */
  readonly inserted: string;
  readonly inserts: readonly { readonly at: number; readonly length: number }[];
  /** Where the character `index` of that is in the text after, and how many follow it there. */
  placeOf(index: number): { readonly at: number; readonly left: number } | undefined;
}

function piecesOf(op: Op): Pieces {
  const kept: { from: number; to: number; length: number }[] = [];
  const inserts: { index: number; at: number; length: number }[] = [];
  let [from, to, index, inserted] = [0, 0, 0, ""];
  for (const component of op) {
    if (typeof component === "string") {
      const length = codePointLength(component);
      inserts.push({ index, at: to, length });
      inserted += component;
      index += length;
      to += length;
    } else {
      if (component > 0) {
        kept.push({ from, to, length: component });
        to += component;
      }
      from += Math.abs(component);
    }
  }
  kept.push({ from, to, length: Infinity });
  const placeOf: Pieces["placeOf"] = (wanted) => {
    const insert = inserts.findLast((each) => each.index <= wanted);
    if (insert === undefined || wanted >= insert.index + insert.length) return undefined;
    const inside = wanted - insert.index;
    return { at: insert.at + inside, left: insert.length - inside };
  };
  return { kept, inserted, inserts, placeOf };
}

/** `op`, made on the first text, on the second one; and what the two have in common afterwards. */
function follow(op: Op, shared: Shared): { readonly op: Op; readonly shared: Shared } {
  const parts: Part[] = [];
  let [x, xAfter] = [0, 0];
  for (const component of op) {
    if (typeof component === "string") {
      parts.push({ y: placeIn(shared, x), component, x: xAfter });
      xAfter += codePointLength(component);
      continue;
    }
    const end = x + Math.abs(component);
    if (component > 0) {
      xAfter += component;
    } else {
      for (const { y, length } of within(shared, x, end)) {
        parts.push({ y, component: -length, x: xAfter });
      }
    }
    x = end;
  }
  parts.sort((a, b) => a.y - b.y);
  return { op: opOf(parts), shared: after(shared, op, parts) };
}

/**
 * Between its neighbours, as far as they are there: before the right one if that still follows, since
 * what has come between them was committed first (OT5), and else behind the left one.
 */
function placeIn(shared: Shared, x: number): number {
  const left = shared.findLast((span) => span.x < x);
  const end = left === undefined ? 0 : left.y + Math.min(x - left.x, left.length);
  const right = shared.find((span) => span.x + span.length > x);
  if (right === undefined) return end;
  const start = right.y + Math.max(x - right.x, 0);
  return start >= end && right.x <= x ? start : end;
}

/** What the texts have in common of the first one's characters `from` … `end`. */
function within(shared: Shared, from: number, end: number): Shared {
  return shared.flatMap(({ x, y, length }) => {
    const start = Math.max(x, from);
    const rest = Math.min(x + length, end) - start;
    return rest > 0 ? [{ x: start, y: y + start - x, length: rest }] : [];
  });
}

function opOf(parts: readonly Part[]): Op {
  const components: Component[] = [];
  let at = 0;
  for (const { y, component } of parts) {
    // An insert in the midst of what is deleted goes behind that, which is the same place afterwards.
    if (y > at) components.push(y - at);
    components.push(component);
    at = Math.max(at, typeof component === "string" ? y : y - component);
  }
  return normalize(components);
}

/** What the texts have in common once `op` is made on the first and `parts` are on the second. */
function after(shared: Shared, op: Op, parts: readonly Part[]): Shared {
  const spans: Span[] = [];
  const inY = piecesOf(opOf(parts));
  for (const a of piecesOf(op).kept) {
    for (const span of within(shared, a.from, a.from + a.length)) {
      for (const b of inY.kept) {
        const from = Math.max(span.y, b.from);
        const length = Math.min(span.y + span.length, b.from + b.length) - from;
        if (length <= 0) continue;
        const x = a.to + (span.x - a.from) + (from - span.y);
        spans.push({ x, y: b.to + from - b.from, length });
      }
    }
  }
  // What was inserted is there in the order of the parts.
  let index = 0;
  for (const { component, x } of parts) {
    if (typeof component !== "string") continue;
    const length = codePointLength(component);
    const place = inY.placeOf(index);
    if (place !== undefined) spans.push({ x, y: place.at, length });
    index += length;
  }
  return spans.toSorted((a, b) => a.x - b.x);
}
