import { transformPosition, type Op } from "./op.ts";

/** A caret, and what it has selected, which begins or ends there. Positions as in an op. */
export interface Caret {
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

/**
 * Where a caret is after `op`. It moves on with what its owner types. What others insert exactly there
 * goes behind it, and what they insert at an edge of a selection stays outside: so two who type at one
 * place, each in the other's sight, do not mix their letters.
 */
export function carryCaret<C extends Caret>(caret: C, op: Op, by: "owner" | "others"): C {
  const left = (at: number): number => transformPosition(at, op, "left");
  const right = (at: number): number => transformPosition(at, op, "right");
  const { position, selectionStart, selectionEnd } = caret;
  if (by === "owner") {
    return {
      ...caret,
      position: right(position),
      selectionStart: right(selectionStart),
      selectionEnd: right(selectionEnd),
    };
  }
  const isSelection = selectionStart < selectionEnd;
  const end = left(selectionEnd);
  // Of a selection that has gone nothing is left to be outside of.
  const start = Math.min(isSelection ? right(selectionStart) : left(selectionStart), end);
  const isStart = isSelection && position === selectionStart;
  return {
    ...caret,
    position: isStart ? start : left(position),
    selectionStart: start,
    selectionEnd: end,
  };
}
