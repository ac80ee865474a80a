import { diff } from "#common/ot/diff.ts";
import { apply, compose, lengthDelta, transformOp, type Op } from "#common/ot/op.ts";

export interface RebaseInit {
  /** The newest text of the container that we know. */
  readonly committed: string;
  /** Edits on `committed` that were sent, and may or may not have arrived; empty for none. */
  readonly inFlight: Op;
  /** Edits that were made after those and never sent. */
  readonly buffer: Op;
  /** What the container has now. */
  readonly contents: string;
}

/**
 * Goes on from a text that no packets lead to: the difference to what we knew is taken for somebody
 * else's edit, and ours are carried across it. They are given as one edit of `contents`.
 */
export function rebase({ committed, inFlight, buffer, contents }: RebaseInit): Op {
  const without = diff(committed, contents);
  if (inFlight.length === 0) return transformOp(buffer, without, "right");
  // Whether what we sent has arrived shows in which of the two texts is nearer to the container's.
  const withIt = diff(apply(committed, inFlight), contents);
  return sizeOf(withIt) < sizeOf(without)
    ? transformOp(buffer, withIt, "right")
    : transformOp(compose(inFlight, buffer), without, "right");
}

/** Code points inserted and deleted. */
function sizeOf(op: Op): number {
  return op.reduce<number>((size, component) => {
    if (typeof component === "string") return size + lengthDelta([component]);
    return component < 0 ? size - component : size;
  }, 0);
}
