import { step, resumeClient, type Pending } from "#common/ot/client.ts";
import { diff } from "#common/ot/diff.ts";
import { isEmpty } from "#common/ot/op.ts";
import type { Committed } from "./committed.ts";
import type { DraftOp } from "./journal.ts";

/** What the journal has of a text: ops on its version `version`. */
export interface KeptDraft {
  readonly version: number;
  readonly pending: readonly DraftOp[];
}

/**
 * What is pending in a text, when another page has taken its draft over and sends what it has found
 * there. That is left as it was found, under its nonces; what has been added to it, or taken from it,
 * since is an op of its own under `nonce`. Together they make the same text as before.
 */
export function setApart(
  kept: KeptDraft,
  committed: Committed,
  pending: readonly DraftOp[],
  nonce: number,
): readonly DraftOp[] {
  const found = new Map(kept.pending.map((each) => [each.nonce, each]));
  const edits = (nonceOfOp: number): number => found.get(nonceOfOp)?.edits ?? 0;
  const taken = carriedOn(kept, committed).map((each) => ({ ...each, edits: edits(each.nonce) }));
  const ours = pending.filter((each) => found.has(each.nonce));
  const later = pending.filter((each) => !found.has(each.nonce));
  const textWith = (ops: readonly Pending[]): string => committed.textWith(ops).toString();
  const op = diff(textWith(taken), textWith(ours));
  if (isEmpty(op)) return [...taken, ...later];
  const added = ours.reduce((sum, each) => sum + each.edits - edits(each.nonce), 0);
  return [...taken, { op, nonce, edits: Math.max(added, 1) }, ...later];
}

/** The kept ops that are not committed yet, on the newest text. */
function carriedOn({ version, pending }: KeptDraft, committed: Committed): readonly Pending[] {
  let [state] = step(resumeClient(version, pending, 1), { kind: "connected", version });
  for (const packet of committed.since(version)) {
    [state] = step(state, { kind: "packet", packet });
  }
  return state.pending;
}
