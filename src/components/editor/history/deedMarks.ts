import type { Activity, ChatItem } from "#common/chat/log.ts";
import type { Versions } from "#common/ot/versions.ts";
import { saverOfVersion, type VersionSaves } from "#store/metadata/versionNames.ts";

/** Programs that end by a signal have higher ones. */
const LAST_OWN_CODE = 128;

/** What was done in the room while a version was the newest. */
export interface DeedMark {
  readonly version: number;
  readonly kind: "ran" | "failed" | "restored" | "saved";
  readonly atMs: number;
  /** Who did it, and what. */
  readonly words: string;
}

/**
 * Runs of the program, and restorations of this file, at the versions that they met; one mark for a
 * version, oldest first. What came before the first version is left out.
 */
export function deedMarks(
  versions: Facts,
  path: string,
  items: readonly ChatItem[],
): readonly DeedMark[] {
  const marks = new Map<number, DeedMark>();
  for (const item of items) {
    if (item.kind !== "activity") continue;
    const { atMs } = item;
    const kind = kindOf(item, path);
    const version = versionAt(versions, atMs);
    if (kind === undefined || version === 0) continue;
    marks.set(version, { version, kind, atMs, words: wordsOf(item, kind) });
  }
  return [...marks.values()].toSorted(byVersion);
}

/** The versions that somebody has saved by hand, where nothing else is marked, added to these. */
export function withSaves(
  marks: readonly DeedMark[],
  versions: Facts,
  saves: VersionSaves,
  nameOf: (userId: number) => string,
): readonly DeedMark[] {
  const marked = new Set(marks.map(({ version }) => version));
  const more: DeedMark[] = [];
  for (const key of Object.keys(saves)) {
    const version = Number.parseInt(key, 10);
    if (!(version >= 1 && version <= versions.count) || marked.has(version)) continue;
    const atMs = versions.timeAt(version);
    const userId = saverOfVersion(saves, version, atMs);
    if (userId === undefined) continue;
    marked.add(version);
    more.push({ version, kind: "saved", atMs, words: `${nameOf(userId)} saved this version` });
  }
  return more.length === 0 ? marks : [...marks, ...more].toSorted(byVersion);
}

type Facts = Pick<Versions, "count" | "timeAt">;

function byVersion(a: DeedMark, b: DeedMark): number {
  return a.version - b.version;
}

function kindOf({ deed, end }: Activity, path: string): DeedMark["kind"] | undefined {
  // Whoever was stopped has not failed.
  const hasFailed = end !== undefined && end.code > 0 && end.code <= LAST_OWN_CODE;
  if (deed.kind === "ran") return hasFailed ? "failed" : "ran";
  return deed.kind === "restored" && deed.path === path ? "restored" : undefined;
}

function wordsOf({ name, deed }: Activity, kind: DeedMark["kind"]): string {
  if (deed.kind === "restored") return `${name} restored version ${deed.version}`;
  return `${name} ran the program${kind === "failed" ? ", and it failed" : ""}`;
}

/** The newest version that was there at a time; 0 for none. */
function versionAt(versions: Facts, atMs: number): number {
  let low = 0;
  let high = versions.count + 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (versions.timeAt(middle) <= atMs) low = middle;
    else high = middle;
  }
  return low;
}
