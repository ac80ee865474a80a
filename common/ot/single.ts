/*
 * Nearly every op is one insert or one delete. What is quick for those is here; `op.ts` stands on
 * it and does the rest.
 */

type Component = number | string;
type Op = readonly Component[];

/** Whether `op` is one insert or one delete, as nearly all are. */
export function isSingle(op: Op): boolean {
  const [first] = op;
  return op.length === 1 || (op.length === 2 && typeof first === "number" && first > 0);
}

/** Where a single op does what it does. */
export function positionOf(op: Op): number {
  const [first] = op;
  return op.length === 2 && typeof first === "number" ? first : 0;
}

/** What a single op does. */
export function editOf(op: Op): Component {
  return op[op.length - 1] ?? 0;
}

/** The op that does `edit` at `position`. */
export function singleOp(position: number, edit: Component): Op {
  return position === 0 ? [edit] : [position, edit];
}

/**
 * A single op rewritten to follow another, of which only the place and the span are wanted: how many
 * code points it inserts, or deletes (below zero). Where two inserts meet, the other one goes first
 * if `isPushed`. Returns undefined when the op would be divided and so be single no more.
 */
export function carry(op: Op, at: number, span: number, isPushed: boolean): Op | undefined {
  const position = positionOf(op);
  const edit = editOf(op);
  if (typeof edit === "string") {
    const moved = move(position, at, span, isPushed);
    return moved === position ? op : singleOp(moved, edit);
  }
  const end = position - edit;
  if (span > 0 && position < at && at < end) return undefined;
  const start = move(position, at, span, true);
  const size = move(end, at, span, false) - start;
  if (size === 0) return [];
  return start === position && size === -edit ? op : singleOp(start, -size);
}

/**
 * Where a position is after an edit at `at` that makes the text longer by `span`, or shorter. An insert
 * exactly there pushes it along if `isPushed`.
 */
export function move(position: number, at: number, span: number, isPushed: boolean): number {
  if (position < at || (position === at && !isPushed)) return position;
  return span > 0 ? position + span : Math.max(at, position + span);
}
