import type { Activity, ChatItem } from "#common/chat/log.ts";
import type { Versions } from "#common/ot/versions.ts";

/** Programs that end by a signal have higher ones. */
const LAST_OWN_CODE = 128;

/** What was done in the room while a version was the newest. */
export interface DeedMark {
  readonly version: number;
  readonly kind: "ran" | "failed" | "restored";
  /** The last of them. */
  readonly activity: Activity;
}

/**
 * Runs of the program, and restorations of this file, at the versions that they met; one mark for a
 * version, oldest first. What came before the first version is left out.
 */
export function deedMarks(
  versions: Pick<Versions, "count" | "timeAt">,
  path: string,
  items: readonly ChatItem[],
): readonly DeedMark[] {
  const marks = new Map<number, DeedMark>();
  for (const item of items) {
    if (item.kind !== "activity") continue;
    const kind = kindOf(item, path);
    const version = versionAt(versions, item.atMs);
    if (kind !== undefined && version > 0) marks.set(version, { version, kind, activity: item });
  }
  return [...marks.values()].toSorted((a, b) => a.version - b.version);
}

function kindOf({ deed, end }: Activity, path: string): DeedMark["kind"] | undefined {
  // Whoever was stopped has not failed.
  const hasFailed = end !== undefined && end.code > 0 && end.code <= LAST_OWN_CODE;
  if (deed.kind === "ran") return hasFailed ? "failed" : "ran";
  return deed.kind === "restored" && deed.path === path ? "restored" : undefined;
}

/** The newest version that was there at a time; 0 for none. */
function versionAt(versions: Pick<Versions, "count" | "timeAt">, atMs: number): number {
  let low = 0;
  let high = versions.count + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (versions.timeAt(middle) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}
