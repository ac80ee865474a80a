import type { ChatItem } from "#common/chat/log.ts";
import { moved } from "../files/paths.ts";

/**
 * Where the file that was at `path` may be by now, as the room has noted the moves of files (CT10):
 * likeliest first. Only its history tells whether it is there.
 */
export function whereabouts(path: string, items: readonly ChatItem[]): readonly string[] {
  const moves = items.flatMap((item) =>
    item.kind === "activity" && item.deed.kind === "moved" ? [item.deed] : [],
  );
  const places = moves.map((_, first) =>
    moves.slice(first).reduce((at, { from, to }) => moved(at, from, to), path),
  );
  return [...new Set(places.toReversed())].filter((place) => place !== path);
}
