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
    const { path, before, after } = finding;
    if (before === undefined && after === undefined) continue; // It came and went, unseen.
    if (before !== undefined && after !== undefined && before.kind === after.kind) {
      const change = { kind: "modified", path } as const;
      if (after.kind === "file") modified.push({ change, losers: none });
      continue;
    }
    if (before !== undefined) {
      gone.add(finding);
      goneByIdentity.set(before.identity, finding);
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
    if (from?.before?.kind !== entry || !gone.delete(from)) {
      created.push({ change: { kind: "created", path, entry }, losers: none });
      continue;
    }
    const change = { kind: "moved", path: from.path, to: path, entry } as const;
    moved.push({ change, losers: from.losers });
  }
  const removed = [...gone].map(({ path, losers }) => ({
    change: { kind: "removed", path } as const,
    losers,
  }));
  return [...removed, ...moved, ...created, ...modified];
}
