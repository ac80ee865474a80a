/**
 * The arrangement of panes: a tree of splits whose leaves are groups of tabs. A split has any number
 * of children side by side, and a child is never a split of its parent's direction, so that each
 * sash moves exactly its two neighbours. All functions are pure; a pane that is not there, or a
 * place that is not there, changes nothing.
 */
export type DockNode = DockSplit | DockGroup;

export interface DockGroup {
  readonly kind: "group";
  readonly id: string;
  readonly panes: readonly string[];
  readonly active: string | undefined;
}

export interface DockSplit {
  readonly kind: "split";
  readonly id: string;
  readonly direction: Direction;
  readonly children: readonly DockNode[];
  /** The share of each child; together 1. */
  readonly weights: readonly number[];
}

export type Direction = "row" | "column";
export type Edge = "left" | "right" | "top" | "bottom";

/** Where a pane is put: into a group's tabs, or beside the group. */
export type Place =
  | { readonly kind: "tabs"; readonly groupId: string; readonly index?: number }
  | { readonly kind: "edge"; readonly groupId: string; readonly edge: Edge };

/** The group that stays when it is empty: there is always a place for the next file. */
export const HOME_GROUP = "home";

export function group(id: string, panes: readonly string[], active = panes[0]): DockGroup {
  return { kind: "group", id, panes, active };
}

export function split(
  id: string,
  direction: Direction,
  children: readonly DockNode[],
  weights: readonly number[] = children.map(() => 1 / children.length),
): DockSplit {
  return { kind: "split", id, direction, children, weights };
}

/** All groups, in reading order. */
export function groupsOf(node: DockNode): readonly DockGroup[] {
  return node.kind === "group" ? [node] : node.children.flatMap(groupsOf);
}

export function panesOf(node: DockNode): readonly string[] {
  return groupsOf(node).flatMap(({ panes }) => panes);
}

export function findGroup(node: DockNode, id: string): DockGroup | undefined {
  return groupsOf(node).find((candidate) => candidate.id === id);
}

export function groupOf(node: DockNode, pane: string): DockGroup | undefined {
  return groupsOf(node).find(({ panes }) => panes.includes(pane));
}

export function activatePane(node: DockNode, pane: string): DockNode {
  return mapGroups(node, (found) =>
    found.panes.includes(pane) ? { ...found, active: pane } : found,
  );
}

/** Puts a pane where `place` says and shows it, taking it from where it was. */
export function placePane(node: DockNode, pane: string, place: Place): DockNode {
  const target = findGroup(node, place.groupId);
  if (target === undefined) return node;
  if (place.kind === "edge") {
    // A group's only pane, dropped on its own edge, is already there.
    if (target.panes.length === 1 && target.panes[0] === pane) return node;
    const added = group(freshId(node), [pane]);
    return removePane(splitGroup(node, place.groupId, place.edge, added), pane, added.id);
  }
  const before = target.panes.indexOf(pane);
  const rest = target.panes.filter((other) => other !== pane);
  let index = place.index ?? (before < 0 ? rest.length : before);
  if (before >= 0 && place.index !== undefined && before < place.index) index -= 1;
  const panes = rest.toSpliced(index, 0, pane);
  const placed = mapGroups(node, (found) =>
    found.id === target.id ? { ...found, panes, active: pane } : found,
  );
  return removePane(placed, pane, target.id);
}

/** Takes a pane out, and the groups and splits that are left without content. */
export function closePane(node: DockNode, pane: string): DockNode {
  return removePane(node, pane, undefined);
}

/** Gives panes other names, for a file that moved; the second of two equal ones is dropped. */
export function renamePanes(node: DockNode, rename: (pane: string) => string): DockNode {
  return mapGroups(node, (found) => ({
    ...found,
    panes: [...new Set(found.panes.map(rename))],
    active: found.active === undefined ? undefined : rename(found.active),
  }));
}

/** Moves the sash after child `index` by `delta` of the split's whole length. */
export function moveSash(node: DockNode, splitId: string, index: number, delta: number): DockNode {
  return mapSplits(node, (found) => {
    const [before, after] = [found.weights[index], found.weights[index + 1]];
    if (found.id !== splitId || before === undefined || after === undefined) return found;
    const moved = Math.min(after - MIN_WEIGHT, Math.max(MIN_WEIGHT - before, delta));
    return {
      ...found,
      weights: found.weights.with(index, before + moved).with(index + 1, after - moved),
    };
  });
}

/** Gives all children of a split the same share. */
export function equalise(node: DockNode, splitId: string): DockNode {
  return mapSplits(node, (found) =>
    found.id === splitId
      ? { ...found, weights: found.children.map(() => 1 / found.children.length) }
      : found,
  );
}

const MIN_WEIGHT = 0.04;

function removePane(node: DockNode, pane: string, exceptGroup: string | undefined): DockNode {
  const emptied = mapGroups(node, (found) => {
    if (found.id === exceptGroup || !found.panes.includes(pane)) return found;
    const index = found.panes.indexOf(pane);
    const panes = found.panes.toSpliced(index, 1);
    const active = found.active === pane ? (panes[index] ?? panes[index - 1]) : found.active;
    return { ...found, panes, active };
  });
  return tidy(emptied) ?? group(HOME_GROUP, []);
}

/** Drops empty groups, splits of one child, and splits inside a split of the same direction. */
function tidy(node: DockNode): DockNode | undefined {
  if (node.kind === "group") {
    return node.panes.length > 0 || node.id === HOME_GROUP ? node : undefined;
  }
  const children: DockNode[] = [];
  const weights: number[] = [];
  for (const [index, child] of node.children.entries()) {
    const kept = tidy(child);
    const weight = node.weights[index] ?? 0;
    if (kept === undefined) continue;
    if (kept.kind === "split" && kept.direction === node.direction) {
      children.push(...kept.children);
      weights.push(...kept.weights.map((inner) => inner * weight));
    } else {
      children.push(kept);
      weights.push(weight);
    }
  }
  const [only] = children;
  if (only === undefined || children.length === 1) return only;
  const sum = weights.reduce((a, b) => a + b, 0);
  return { ...node, children, weights: weights.map((weight) => weight / sum) };
}

function splitGroup(node: DockNode, groupId: string, edge: Edge, added: DockGroup): DockNode {
  const direction: Direction = edge === "left" || edge === "right" ? "row" : "column";
  const first = edge === "left" || edge === "top";
  if (node.kind === "group") {
    if (node.id !== groupId) return node;
    return split(`s-${added.id}`, direction, first ? [added, node] : [node, added]);
  }
  const at = node.children.findIndex((child) => child.kind === "group" && child.id === groupId);
  if (node.direction === direction && at >= 0) {
    // A neighbour in the split that is there: half of the group's share, nobody else's.
    const half = (node.weights[at] ?? 0) / 2;
    const index = first ? at : at + 1;
    return {
      ...node,
      children: node.children.toSpliced(index, 0, added),
      weights: node.weights.with(at, half).toSpliced(index, 0, half),
    };
  }
  return {
    ...node,
    children: node.children.map((child) => splitGroup(child, groupId, edge, added)),
  };
}

function mapGroups(node: DockNode, change: (group: DockGroup) => DockGroup): DockNode {
  if (node.kind === "group") return change(node);
  return { ...node, children: node.children.map((child) => mapGroups(child, change)) };
}

function mapSplits(node: DockNode, change: (split: DockSplit) => DockSplit): DockNode {
  if (node.kind === "group") return node;
  return change({ ...node, children: node.children.map((child) => mapSplits(child, change)) });
}

function freshId(node: DockNode): string {
  const numbers = groupsOf(node).map(({ id }) => Number(/^g(\d+)$/.exec(id)?.[1] ?? 0));
  return `g${Math.max(0, ...numbers) + 1}`;
}

/** Reads a tree that was stored, or gives undefined when it is not one. */
export function parseDock(value: unknown): DockNode | undefined {
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  if (value.kind === "group") return parseGroup(value);
  if (value.kind !== "split" || !("children" in value) || !("weights" in value)) return undefined;
  const { children, weights } = value;
  if (!Array.isArray(children) || !Array.isArray(weights)) return undefined;
  if (children.length !== weights.length || children.length < 2) return undefined;
  const parsed = children.map(parseDock);
  const valid = weights.every((weight) => typeof weight === "number" && weight > 0);
  if (!valid || parsed.includes(undefined)) return undefined;
  const direction = "direction" in value && value.direction === "column" ? "column" : "row";
  const id = "id" in value ? String(value.id) : "";
  const found = parsed.filter((child) => child !== undefined);
  return tidy(split(id, direction, found, weights.map(Number)));
}

function parseGroup(value: object): DockGroup | undefined {
  if (!("id" in value) || !("panes" in value) || !Array.isArray(value.panes)) return undefined;
  const panes = value.panes.filter((pane) => typeof pane === "string");
  const active = "active" in value ? panes.find((pane) => pane === value.active) : undefined;
  return group(String(value.id), panes, active ?? panes[0]);
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Sash {
  readonly splitId: string;
  readonly index: number;
  readonly direction: Direction;
  readonly rect: Rect;
  /** The length that the split's weights share, for turning pixels into weights. */
  readonly span: number;
  /** How much of the two neighbours' common length the first one has, from 0 to 1. */
  readonly position: number;
}

export interface Geometry {
  readonly rects: ReadonlyMap<string, Rect>;
  readonly sashes: readonly Sash[];
}

const MIN_GROUP_WIDTH = 160;
const MIN_GROUP_HEIGHT = 96;

/** Where each group and each sash lies in an area, with `gap` pixels between groups. */
export function layOut(node: DockNode, area: Rect, gap: number): Geometry {
  const rects = new Map<string, Rect>();
  const sashes: Sash[] = [];
  const walk = (at: DockNode, rect: Rect): void => {
    if (at.kind === "group") {
      rects.set(at.id, rect);
      return;
    }
    const row = at.direction === "row";
    const span = (row ? rect.width : rect.height) - gap * (at.children.length - 1);
    const lengths = shares(at, span, row);
    let offset = row ? rect.x : rect.y;
    for (const [index, child] of at.children.entries()) {
      const length = lengths[index] ?? 0;
      walk(
        child,
        row ? { ...rect, x: offset, width: length } : { ...rect, y: offset, height: length },
      );
      offset += length;
      if (index === at.children.length - 1) break;
      const next = lengths[index + 1] ?? 0;
      sashes.push({
        splitId: at.id,
        index,
        direction: at.direction,
        rect: row ? { ...rect, x: offset, width: gap } : { ...rect, y: offset, height: gap },
        span,
        position: length / Math.max(1, length + next),
      });
      offset += gap;
    }
  };
  walk(node, area);
  return { rects, sashes };
}

/** Lengths by weight, whole pixels, none below what a group needs as long as there is room. */
function shares(node: DockSplit, span: number, row: boolean): readonly number[] {
  const wanted = node.children.map((child) => leastLength(child, row));
  const least = wanted.reduce((a, b) => a + b, 0);
  if (least >= span) return wanted.map((length) => (length * span) / least);
  const fixed = new Set<number>();
  for (;;) {
    const free = span - [...fixed].reduce((sum, index) => sum + (wanted[index] ?? 0), 0);
    const weight = node.weights.reduce((sum, w, index) => (fixed.has(index) ? sum : sum + w), 0);
    const lengths = node.weights.map((w, index) =>
      fixed.has(index) ? (wanted[index] ?? 0) : (free * w) / weight,
    );
    const short = lengths.findIndex(
      (length, index) => !fixed.has(index) && length < (wanted[index] ?? 0),
    );
    if (short < 0) return wholePixels(lengths, span);
    fixed.add(short);
  }
}

function leastLength(node: DockNode, row: boolean): number {
  if (node.kind === "group") return row ? MIN_GROUP_WIDTH : MIN_GROUP_HEIGHT;
  const lengths = node.children.map((child) => leastLength(child, row));
  return (node.direction === "row") === row
    ? lengths.reduce((a, b) => a + b, 0)
    : Math.max(...lengths);
}

function wholePixels(lengths: readonly number[], span: number): readonly number[] {
  let exact = 0;
  let used = 0;
  return lengths.map((length, index) => {
    exact += length;
    const end = index === lengths.length - 1 ? span : Math.round(exact);
    const whole = end - used;
    used = end;
    return whole;
  });
}
