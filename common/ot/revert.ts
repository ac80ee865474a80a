import type { Blame } from "./blame.ts";
import { compose, composeAll, transform, type Op } from "./op.ts";
import { Text } from "./text.ts";
import type { Versions } from "./versions.ts";

/** How far apart in time an author's edits may be that are one piece of work. */
const PIECE_MS = 5 * 60_000;

/**
 * The versions that are one piece of work with `version` and stand beside what it has inserted: of
 * the same author, made within some minutes of it. In ascending order; at least `version` itself.
 */
export function pieceOf(blame: Blame, versions: Versions, version: number): readonly number[] {
  const author = versions.authorAt(version);
  const atMs = versions.timeAt(version);
  const piece = new Set([version]);
  let beside: number[] = [];
  const finish = (): void => {
    if (beside.includes(version)) for (const each of beside) piece.add(each);
    beside = [];
  };
  for (const run of blame.runs()) {
    const isAlike =
      run.version > 0 &&
      versions.authorAt(run.version) === author &&
      Math.abs(versions.timeAt(run.version) - atMs) <= PIECE_MS;
    if (isAlike) beside.push(run.version);
    else finish();
  }
  finish();
  return [...piece].toSorted((a, b) => a - b);
}

/**
 * What takes `reverted`, in ascending order, back from the newest version, as their author's own undo
 * would: all that others have done since stays, also inside of what goes or comes back.
 */
export function revert(versions: Versions, reverted: readonly number[]): Op {
  const [first = versions.count + 1] = reverted;
  const text = Text.from(versions.textAt(first - 1));
  const wanted = new Set(reverted);
  let undo: Op = [];
  let others: Op[] = [];
  const carry = (): void => {
    if (undo.length > 0) undo = transform(composeAll(others), undo)[1];
    others = [];
  };
  for (let version = first; version <= versions.count; version++) {
    const op = versions.opAt(version);
    if (wanted.has(version)) {
      carry();
      undo = compose(text.inverseOf(op), undo);
    } else {
      others.push(op);
    }
    text.apply(op);
  }
  carry();
  return undo;
}
