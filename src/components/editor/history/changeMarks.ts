import { compose, skipCodePoints, type Op } from "#common/ot/op.ts";
import type { Versions } from "#common/ot/versions.ts";

/** Edits of one person with no longer pause between are looked at as one. */
const BURST_MS = 2_000;
const MAX_BURST = 200;

/** What the last edits before a version did to its text, in UTF-16 code units. */
export interface ChangeMarks {
  readonly author: number;
  readonly inserted: readonly { readonly start: number; readonly end: number }[];
  /** What stood at a place of the text and is gone. */
  readonly deleted: readonly { readonly at: number; readonly text: string }[];
}

/** The first version of the burst of one person's edits that `version` belongs to. */
export function burstStart(
  versions: Pick<Versions, "authorAt" | "timeAt">,
  version: number,
): number {
  let first = version;
  while (
    first > 1 &&
    version - first < MAX_BURST - 1 &&
    versions.authorAt(first - 1) === versions.authorAt(version) &&
    versions.timeAt(first) - versions.timeAt(first - 1) <= BURST_MS
  ) {
    first -= 1;
  }
  return first;
}

/** The text of a version, with what its burst did. The first version is the file as it was found. */
export function shownVersion(
  versions: Versions,
  version: number,
): { readonly text: string; readonly marks: ChangeMarks | undefined } {
  if (version <= 1) return { text: versions.textAt(version), marks: undefined };
  const first = Math.max(burstStart(versions, version), 2);
  const before = versions.textAt(first - 1);
  let op: Op = [];
  for (let made = first; made <= version; made++) op = compose(op, versions.opAt(made));
  const text = versions.textAt(version);
  return { text, marks: marksOf(op, before, versions.authorAt(version)) };
}

function marksOf(op: Op, before: string, author: number): ChangeMarks {
  const inserted: { start: number; end: number }[] = [];
  const deleted: { at: number; text: string }[] = [];
  let old = 0;
  let at = 0;
  for (const component of op) {
    if (typeof component === "string") {
      inserted.push({ start: at, end: at + component.length });
      at += component.length;
      continue;
    }
    const end = skipCodePoints(before, old, Math.abs(component));
    if (component > 0) at += end - old;
    else deleted.push({ at, text: before.slice(old, end) });
    old = end;
  }
  return { author, inserted, deleted };
}
