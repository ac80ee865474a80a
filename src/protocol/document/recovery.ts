import type { Pending } from "#common/ot/client.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { diff } from "#common/ot/diff.ts";
import { composeAll, isEmpty } from "#common/ot/op.ts";
import type { OtSnapshot } from "../services/ot.ts";
import { Committed } from "./committed.ts";
import { forkBetween, givenFrom, lostSince, nonceOf, type Fork } from "./fork.ts";
import { rebase } from "./rebase.ts";

/** From where a text goes on with a container that does not have what it had. */
export interface Restart {
  readonly committed: Committed;
  /** What the container is to get: what it has lost, and then what it never had. */
  readonly pending: readonly Pending[];
}

/** What we give to a container that has lost all that we know. */
export interface GivenBack {
  /** Of the edit that makes our oldest text. */
  readonly nonce: number;
  /** What was known before. */
  readonly history: Committed;
}

/** Goes back to where both histories have parted; each lost edit is given back under its own nonce. */
export function goBackTo(fork: Fork, history: Committed, pending: readonly Pending[]): Restart {
  const lost = lostSince(history, fork, pending);
  // Where versions are still numbered as before, all that is older is known as before.
  const { known, version, text, past = [] } = fork;
  const isAsBefore = known === version && history.has(known, text);
  const committed = isAsBefore ? history.at(known, text) : new Committed(version, text);
  if (!isAsBefore && past.length > 0) committed.learnPast(past);
  return { committed, pending: lost };
}

/**
 * The container has gone back to before all that we remember. It gets one edit that makes our oldest
 * text, of all who do so the first one's, and then what is known to have followed.
 */
export function giveBack(
  { version, text }: Fork,
  history: Committed,
  pending: readonly Pending[],
): Restart & { readonly given: GivenBack } {
  const { version: known, text: oldest } = history.base;
  const lost = lostSince(history, { known, text: oldest }, pending);
  const nonce = nonceOf(version, crc32OfText(text));
  const first = { op: diff(text, oldest), nonce, lostFrom: 0 };
  return {
    committed: new Committed(version, text),
    pending: [first, ...lost],
    given: { nonce, history },
  };
}

/**
 * Somebody has given back a text before us, and the container has `committed` now. When that is another
 * text of the history that we know, what we give back, which `pending` begins with, begins there.
 */
export function goOnFromGiven(
  { history }: GivenBack,
  { version, text }: Committed,
  pending: readonly Pending[],
): Restart | undefined {
  const fork = forkBetween(history, version, text.toString());
  const rest = fork && givenFrom(history, fork, pending.slice(1));
  return fork && rest && { committed: new Committed(version, fork.text), pending: rest };
}

/**
 * Nothing is known of how the container came to its text: takes it for somebody else's edit, and all
 * of ours for one, under `nonce`. The first `sent` of `pending` may have arrived.
 */
export function merge(
  { version, contents }: OtSnapshot,
  history: Committed,
  { pending, sent, nonce }: { pending: readonly Pending[]; sent: number; nonce: number },
): Restart {
  const ops = pending.map(({ op }) => op);
  const op = rebase({
    committed: history.text.toString(),
    inFlight: composeAll(ops.slice(0, sent)),
    buffer: composeAll(ops.slice(sent)),
    contents,
  });
  const committed = new Committed(version, contents);
  return { committed, pending: isEmpty(op) ? [] : [{ op, nonce }] };
}
