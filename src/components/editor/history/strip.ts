import type { Versions } from "#common/ot/versions.ts";
import type { Session } from "./sessions.ts";

/** What a time takes below the strip. */
const TICK_PX = 72;
const SESSION_GAP_PX = 2;

/**
 * Draws the authors of all versions, each column in the colour of one of those that fall on it. Of
 * those that are not read yet there is only the room.
 */
export function drawStrip(
  canvas: HTMLCanvasElement,
  {
    versions,
    sessions,
    total,
  }: {
    readonly versions: Pick<Versions, "count" | "authorAt">;
    readonly sessions: readonly Session[];
    readonly total: number;
  },
  colorOf: (userId: number) => number | undefined,
): void {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  for (let x = 0; x < width; x++) {
    const version = Math.min(1 + Math.floor((x / width) * total), total);
    if (version > versions.count) break;
    const color = colorOf(versions.authorAt(version));
    const name = color === undefined ? "--border-strong" : `--person-${color}`;
    context.fillStyle = style.getPropertyValue(name);
    context.fillRect(x, 0, 1, height);
  }
  // So many sessions that they leave no room between them are not told apart.
  if (sessions.length * SESSION_GAP_PX * 2 > width) return;
  for (const { first } of sessions.slice(1)) {
    context.clearRect(placeOf(first, total, width) - SESSION_GAP_PX / 2, 0, SESSION_GAP_PX, height);
  }
}

/** Where the times of sessions have room, each at its first version. */
export function ticksOf(
  sessions: readonly Session[],
  count: number,
  widthPx: number,
): readonly { readonly session: Session; readonly x: number }[] {
  const ticks: { session: Session; x: number }[] = [];
  let free = 0;
  for (const session of sessions) {
    const x = placeOf(session.first, count, widthPx);
    if (x < free || x + TICK_PX > widthPx) continue;
    ticks.push({ session, x });
    free = x + TICK_PX;
  }
  return ticks;
}

/** Where a version begins on the strip. */
function placeOf(version: number, count: number, widthPx: number): number {
  return ((version - 1) / count) * widthPx;
}
