import type { Edge, Geometry, Place, Rect } from "#store/ui/dock.ts";

/** A tab on its way. */
export interface DockDrag {
  readonly pane: string;
  readonly place: Place | undefined;
  /** Where it would go, for drawing; in the dock's own pixels. */
  readonly target: Rect | undefined;
  readonly x: number;
  readonly y: number;
}

/** A press that moves less than this is a click. */
export const DRAG_THRESHOLD_PX = 6;
/** The part of a group at each edge that splits it; the rest takes the tab in. */
const EDGE_SHARE = 0.25;

/** Where a tab that is let go at a point belongs. */
export function dropPlace(
  geometry: Geometry,
  x: number,
  y: number,
  tabsHeight: number,
  tabEdges: (groupId: string) => readonly number[],
): { readonly place: Place; readonly target: Rect } | undefined {
  for (const [groupId, rect] of geometry.rects) {
    if (x < rect.x || x >= rect.x + rect.width || y < rect.y || y >= rect.y + rect.height) continue;
    if (y < rect.y + tabsHeight) return overTabs(groupId, rect, x, tabsHeight, tabEdges(groupId));
    const body = { ...rect, y: rect.y + tabsHeight, height: rect.height - tabsHeight };
    const edge = edgeAt(body, x, y);
    return edge === undefined
      ? { place: { kind: "tabs", groupId }, target: body }
      : { place: { kind: "edge", groupId, edge }, target: half(rect, edge) };
  }
  return undefined;
}

function overTabs(
  groupId: string,
  rect: Rect,
  x: number,
  tabsHeight: number,
  edges: readonly number[],
): { readonly place: Place; readonly target: Rect } {
  // `edges` are the middles of the tabs: before the first one that is further right.
  const before = edges.findIndex((middle) => x < middle);
  const index = before < 0 ? edges.length : before;
  return {
    place: { kind: "tabs", groupId, index },
    target: { ...rect, height: tabsHeight },
  };
}

function edgeAt(rect: Rect, x: number, y: number): Edge | undefined {
  const across = (x - rect.x) / rect.width;
  const down = (y - rect.y) / rect.height;
  const distances: readonly (readonly [Edge, number])[] = [
    ["left", across],
    ["right", 1 - across],
    ["top", down],
    ["bottom", 1 - down],
  ];
  const [edge, distance] = distances.reduce((a, b) => (b[1] < a[1] ? b : a));
  return distance < EDGE_SHARE ? edge : undefined;
}

function half(rect: Rect, edge: Edge): Rect {
  switch (edge) {
    case "left":
      return { ...rect, width: rect.width / 2 };
    case "right":
      return { ...rect, x: rect.x + rect.width / 2, width: rect.width / 2 };
    case "top":
      return { ...rect, height: rect.height / 2 };
    case "bottom":
      return { ...rect, y: rect.y + rect.height / 2, height: rect.height / 2 };
    default:
      return edge satisfies never;
  }
}
