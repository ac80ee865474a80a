import { diff } from "#common/ot/diff.ts";
import { apply, compose, lengthDelta, transform, type Op } from "#common/ot/op.ts";

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

export interface Rebased {
  /** What brings the screen up to date. */
  readonly screen: Op;
  /** Our edits, to be made on `contents`; what the screen shows afterwards. */
  readonly unsent: Op;
}

/**
 * Goes on from a text that no packets lead to: the difference to what we knew is taken for somebody
 * else's edit, and ours are carried across it.
 */
export function rebase({ committed, inFlight, buffer, contents }: RebaseInit): Rebased {
  const without = diff(committed, contents);
  if (inFlight.length === 0) return carry(without, buffer);
  // Whether what we sent has arrived shows in which of the two texts is nearer to the container's.
  const withIt = diff(apply(committed, inFlight), contents);
  return sizeOf(withIt) < sizeOf(without)
    ? carry(withIt, buffer)
    : carry(without, compose(inFlight, buffer));
}

function carry(theirs: Op, ours: Op): Rebased {
  const [screen, unsent] = transform(theirs, ours);
  return { screen, unsent };
}

/** Code points inserted and deleted. */
function sizeOf(op: Op): number {
  return op.reduce<number>((size, component) => {
    if (typeof component === "string") return size + lengthDelta([component]);
    return component < 0 ? size - component : size;
  }, 0);
}
