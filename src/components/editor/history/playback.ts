import type { Versions } from "#common/ot/versions.ts";

/** What a pause is cut to when idle time is skipped. */
const IDLE_MS = 800;

/** Where a playback is. */
export interface PlayPosition {
  readonly version: number;
  /** How long that version has been shown, in the time of the history. */
  readonly shownMs: number;
}

/** Where it is after `passedMs` of the history's time. It ends with the newest version. */
export function advance(
  versions: Pick<Versions, "count" | "timeAt">,
  { version, shownMs }: PlayPosition,
  passedMs: number,
  skipsIdle: boolean,
): PlayPosition {
  let at = version;
  let left = shownMs + passedMs;
  while (at < versions.count) {
    const gapMs = at === 0 ? 0 : Math.max(versions.timeAt(at + 1) - versions.timeAt(at), 0);
    const waitMs = skipsIdle ? Math.min(gapMs, IDLE_MS) : gapMs;
    if (left < waitMs) break;
    left -= waitMs;
    at += 1;
  }
  return { version: at, shownMs: at === versions.count ? 0 : left };
}
