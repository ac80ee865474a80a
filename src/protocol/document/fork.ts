import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import type { Pending } from "#common/ot/client.ts";
import { apply, compose, composeAll, invert, transform, type Op } from "#common/ot/op.ts";
import type { OtPacket, OtSnapshot } from "../services/ot.ts";
import type { Committed } from "./committed.ts";

/** The newest text that we and the container have both had. */
export interface Fork {
  /** Its version as we know it. */
  readonly known: number;
  /** Its version as the container knows it now. */
  readonly version: number;
  readonly text: string;
}

/** The container's packets of these versions, or the first of them. */
type Fetch = (from: number, to: number) => Promise<Result<readonly OtPacket[], RequestError>>;

const PROGRAM = 0;

/** Packets that are asked for at once, and how often. */
const PAGE = 1_000;
const MAX_PAGES = 10;

/**
 * Where the container's history has left the one that we know: it was restored from an older state,
 * and perhaps edited since. Undefined when nothing remembered shows it.
 */
export async function findFork(
  committed: Committed,
  { version, contents }: OtSnapshot,
  { fetch }: { readonly fetch: Fetch },
): Promise<Fork | undefined> {
  const same = committed.versionOf(contents);
  if (same !== undefined) return { known: same, version, text: contents };
  /** What has led from the packet that is looked at to the container's text. */
  let since: readonly Op[] = [];
  let to = version;
  for (let page = 0; page < MAX_PAGES && to >= 1; page++) {
    const from = Math.max(to - PAGE + 1, 1);
    const answer = await fetch(from, to);
    if (!answer.ok || answer.value.at(-1)?.version !== to) return undefined;
    for (const packet of answer.value.toReversed()) {
      for (const known of committed.versionsWith(packet.crc32)) {
        const text = committed.textOf(known);
        if (leadsTo(contents, text, since)) return { known, version: packet.version, text };
      }
      since = [packet.op, ...since];
    }
    to = from - 1;
  }
  return undefined;
}

/** Whether the container has got its text before that time; clocks may differ, backups are older. */
export async function isBefore(
  timeMs: number,
  { version }: OtSnapshot,
  { fetch }: { readonly fetch: Fetch },
): Promise<boolean> {
  const answer = await fetch(version, version);
  const [newest] = answer.ok ? answer.value : [];
  return newest !== undefined && newest.committedMs < timeMs;
}

function leadsTo(contents: string, text: string, ops: readonly Op[]): boolean {
  try {
    return apply(text, composeAll(ops)) === contents;
  } catch {
    // Another text had the same checksum.
    return false;
  }
}

/** What is to be given to the container again. */
export interface Lost {
  /** Ops from the text of the fork on, each under its nonce. */
  readonly pending: readonly Pending[];
  /** What takes out of the text on the screen what is not given back. */
  readonly undo: Op;
}

/**
 * What people have done since version `known`, and then `pending`. What programs have done to the
 * file is left out: it is on the disk of the container, or was restored with it.
 */
export function lostSince(committed: Committed, known: number, pending: readonly Pending[]): Lost {
  const kept: Pending[] = [];
  let undo: Op = [];
  const keep = (each: Pending): void => {
    const [further, op] = transform(undo, each.op);
    undo = further;
    kept.push({ ...each, op });
  };
  for (const { op, nonce, userId, version, crc32 } of committed.since(known)) {
    if (userId === PROGRAM) {
      undo = compose(invert(op, committed.textOf(version - 1)), undo);
    } else {
      keep({ op, nonce: nonce === 0 ? nonceOf(version, crc32) : nonce, lostFrom: userId });
    }
  }
  for (const each of pending) keep(each);
  return { pending: kept, undo };
}

/** One nonce for all who give back the same: that of a text, which has a version and a checksum. */
export function nonceOf(version: number, crc32: number): number {
  return (crc32 ^ Math.imul(version, 0x9e3779b1)) >>> 0 || 1;
}
