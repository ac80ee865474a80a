import type { FileChange } from "../platform.ts";
import type { Finding } from "./watchedDirectory.ts";

/** All that one look has found of a path. */
export interface FoundChange<Subscription> extends Finding {
  /** Who watches the path or something below it, and may lose that. */
  readonly losers: ReadonlySet<Subscription>;
}

export interface OrderedChange<Subscription> {
  readonly change: FileChange;
  readonly losers: ReadonlySet<Subscription>;
}

/**
 * Findings as changes: what has gone in one place and come in another is a move. What has gone is
 * told first, since something else may have come in its place.
 */
export function orderChanges<S>(findings: readonly FoundChange<S>[]): OrderedChange<S>[] {
  const none: ReadonlySet<S> = new Set();
  const gone = new Set<FoundChange<S>>();
  const goneByIdentity = new Map<string, FoundChange<S>>();
  const come: FoundChange<S>[] = [];
  const modified: OrderedChange<S>[] = [];
  for (const finding of findings) {
    const { path, before, after, placed, isDoubted } = finding;
    if (after !== undefined && before?.kind === after.kind && !isDoubted) {
      const change = { kind: "modified", path } as const;
      if (after.kind === "file") modified.push({ change, losers: none });
      continue;
    }
    const wasOther = before !== undefined && before.kind !== after?.kind;
    const wasPlaced = placed !== undefined && placed !== after?.identity;
    if (after === undefined || wasOther || wasPlaced) {
      gone.add(finding);
      for (const identity of [before?.identity, placed]) {
        if (identity !== undefined) goneByIdentity.set(identity, finding);
      }
    }
    if (after !== undefined) come.push(finding);
  }
  const moved: OrderedChange<S>[] = [];
  const created: OrderedChange<S>[] = [];
  for (const { path, before, after } of come) {
    if (after === undefined) continue;
    const entry = after.kind;
    // What was here before may have moved too, and moves into each other's places have no order.
    const from = before === undefined ? goneByIdentity.get(after.identity) : undefined;
    const isSame = from !== undefined && (from.before?.kind ?? "file") === entry;
    if (!isSame || !gone.delete(from)) {
      created.push({ change: { kind: "created", path, entry }, losers: none });
      continue;
    }
    const change = { kind: "moved", path: from.path, to: path, entry } as const;
    moved.push({ change, losers: from.losers });
  }
  const removed: OrderedChange<S>[] = [];
  for (const { path, before, after, isDoubted, losers } of gone) {
    // What came and went is told only when somebody may have seen it, and none came after it.
    const isTold =
      before === undefined ? isDoubted && after === undefined : before.kind !== after?.kind;
    if (!isTold) continue;
    removed.push({ change: { kind: "removed", path }, losers });
  }
  return [...removed, ...moved, ...created, ...modified];
}
