/** A caret or a selection, in UTF-16 units of what is shown. */
export interface OwnSelection {
  readonly anchor: number;
  readonly head: number;
}

interface Change {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: string;
}

/** Whether others insert something exactly where an own caret or an edge of a selection is. */
export function isTouched({ anchor, head }: OwnSelection, changes: readonly Change[]): boolean {
  return changes.some(
    ({ offset, deleteLength, insert }) =>
      deleteLength === 0 && insert !== "" && (offset === anchor || offset === head),
  );
}

/**
 * Where an own caret or selection is after others' changes, all of which mean the text before them.
 * As everybody sees it (CL27): an insert at the caret goes behind it, and one at an edge of a
 * selection stays outside.
 */
export function carrySelection(
  { anchor, head }: OwnSelection,
  changes: readonly Change[],
): OwnSelection {
  if (anchor === head) {
    const at = carried(anchor, changes, "left");
    return { anchor: at, head: at };
  }
  const end = carried(Math.max(anchor, head), changes, "left");
  const start = Math.min(carried(Math.min(anchor, head), changes, "right"), end);
  return anchor < head ? { anchor: start, head: end } : { anchor: end, head: start };
}

function carried(at: number, changes: readonly Change[], side: "left" | "right"): number {
  let result = at;
  for (const { offset, deleteLength, insert } of changes) {
    const isInsertHere = offset === at && deleteLength === 0;
    if (offset > at || (offset === at && !isInsertHere)) continue;
    if (isInsertHere && side === "left") continue;
    result += insert.length - Math.min(deleteLength, at - offset);
  }
  return result;
}
