import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import type { Pending } from "#common/ot/client.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { diff } from "#common/ot/diff.ts";
import { apply, composeAll, transform, type Op } from "#common/ot/op.ts";
import { Weave } from "#common/ot/weave.ts";
import type { OtPacket, OtSnapshot } from "../services/ot.ts";
import { Committed, isMadeOf, type KnownPacket } from "./committed.ts";

/** Where the container's history and the one that we know have parted, as well as that can be told. */
export interface Fork {
  /** The version as we know it. */
  readonly known: number;
  /** The same as the container has it now, and its text there. What is different is others' doing. */
  readonly version: number;
  readonly text: string;
  /** The container's packets that have led to it, as far back as they were looked at. */
  readonly past?: readonly OtPacket[];
  /** Nonces of what it had got otherwise, should our text not be the same. */
  readonly arrived?: ReadonlySet<number>;
  /**
   * Set when no text of both was found. True when it has nothing that is as new as what we know: not
   * others have made its text, but time.
   */
  readonly isOlder?: boolean;
}

/** The container's packets of these versions, or the first of them. */
type Fetch = (from: number, to: number) => Promise<Result<readonly OtPacket[], RequestError>>;

const PROGRAM = 0;

/** Packets that are asked for at once, and how often. */
const PAGE = 1_000;
const MAX_PAGES = 10;

/**
 * Whether a container has the newest version that we know all the same: its snapshot was made before
 * that, and has come after another page, whose draft this one goes on with, had heard of it.
 */
export async function hasNewest(
  history: Committed,
  { version: theirs }: OtSnapshot,
  { fetch }: { readonly fetch: Fetch },
): Promise<boolean> {
  const { version } = history;
  if (theirs >= version) return false;
  const answer = await fetch(version, version);
  const newest = answer.ok ? answer.value.at(-1) : undefined;
  return newest !== undefined && history.isMadeBy(newest);
}

/**
 * Finds the newest text that we and a container have both had, which was restored from an older
 * state and perhaps edited since; or else what comes next to it. Undefined when the container does
 * not tell how it came to its text.
 */
export async function findFork(
  history: Committed,
  { version, contents }: OtSnapshot,
  { fetch }: { readonly fetch: Fetch },
): Promise<Fork | undefined> {
  if (history.crc32Of(version) === crc32OfText(contents) && history.has(version, contents)) {
    return { known: version, version, text: contents };
  }
  /** The container's packets, as far back as they were looked at. */
  let packets: readonly OtPacket[] = [];
  const from = (): number => version - packets.length;
  const load = async (): Promise<boolean> => {
    const to = from();
    const answer = await fetch(Math.max(to - PAGE + 1, 1), to);
    if (!answer.ok || answer.value.at(-1)?.version !== to) return false;
    packets = [...answer.value, ...packets];
    return true;
  };
  /** The container's text of a version that only it knows. */
  const theirTextOf = async (wanted: number): Promise<string | undefined> => {
    while (from() > 0) if (!(await load())) return undefined;
    return composeAll(packets.slice(0, wanted).map(({ op }) => op)).join("");
  };
  const crc32Of = (theirs: number): number => packets[theirs - from() - 1]?.crc32 ?? 0;
  const forkAt = async (known: number, theirs: number): Promise<Fork | undefined> => {
    if (history.crc32Of(known) !== crc32Of(theirs)) return undefined;
    const text = history.textOf(known) ?? (await theirTextOf(theirs));
    const ops = packets.slice(theirs - from()).map(({ op }) => op);
    if (text === undefined || !history.has(known, text)) return undefined;
    if (!isMadeOf(contents, text, ops)) return undefined;
    return withPrograms({ known, version: theirs, text });
  };
  /**
   * What programs had done in the time that was lost is in the file, where that has outlived it; then
   * the container has found it there and made one packet of it, before anybody's edit that we do not
   * know. What people have done to that can be placed only in a text that has it.
   */
  const withPrograms = ({ known, version: parted, text }: Fork): Fork => {
    const [past, theirs] = [packets.slice(0, parted - from()), packets.slice(parted - from())];
    const found = theirs.slice(0, theirs.findIndex(isOfProgram) + 1);
    const lost = history.textOf(known) === undefined ? [] : history.since(known);
    const nonces = noncesOf(lost);
    const isSame =
      lost.some(isOfProgram) && found.every((each) => isOfProgram(each) || nonces.has(each.nonce));
    if (found.length === 0 || !isSame) return { known, version: parted, text, past };
    const ops = found.map(({ op }) => op);
    return {
      known,
      version: parted + found.length,
      text: apply(text, composeAll(ops)),
      past: [...past, ...found],
      arrived: noncesOf(found),
    };
  };
  // Two histories that have parted have begun as one, with the same numbers. A text alone says less:
  // who has deleted everything has a text that was there at the beginning.
  for (let page = 0, theirs = version; page < MAX_PAGES && theirs > 0; page++) {
    if (theirs === from() && !(await load())) break;
    for (; theirs > from(); theirs--) {
      const fork = await forkAt(theirs, theirs);
      if (fork !== undefined) return fork;
    }
  }
  // Here one began anew, or only the newer part of it is known.
  const arrivals = new Map(packets.map((packet) => [packet.nonce, packet.version]));
  const isThereBy = (theirs: number, { nonce }: KnownPacket): boolean =>
    nonce !== 0 && (arrivals.get(nonce) ?? Infinity) <= theirs;
  for (let theirs = version; theirs > from(); theirs--) {
    for (const known of history.versionsWith(crc32Of(theirs), theirs)) {
      // What was typed and deleted again has left the text as it was before, and is not lost.
      if (history.since(known).some((packet) => isThereBy(theirs, packet))) continue;
      const fork = await forkAt(known, theirs);
      if (fork !== undefined) return fork;
    }
  }
  if (packets.length === 0) return forkBetween(history, version, contents);
  // Every history begins with the file as the container has found it; here it has found another.
  const [first] = packets;
  const isWhole = first?.version === 1 && first.userId === PROGRAM;
  if (isWhole && history.textOf(1) !== undefined) {
    return withPrograms({ known: 1, version: 1, text: first.op.join("") });
  }
  // Whoever knows more gives it back edit by edit, which would be there twice then. Only a text of
  // which we know that much, and still not enough, is one that nobody else may know better.
  const isBeforeOurs = (packets.at(-1)?.committedMs ?? 0) < history.committedMs;
  const isOlder = isBeforeOurs && history.base.past.length > 0;
  const arrived = noncesOf(packets);
  const { baseVersion: known } = history;
  return { known, version, text: contents, past: packets, arrived, isOlder };
}

function noncesOf(packets: readonly OtPacket[]): ReadonlySet<number> {
  return new Set(packets.map(({ nonce }) => nonce));
}

function isOfProgram({ userId }: Pick<KnownPacket, "userId">): boolean {
  return userId === PROGRAM;
}

/** Where the container's newest text, that of `version`, is one that we know. */
export function forkBetween(history: Committed, version: number, text: string): Fork | undefined {
  for (const known of history.versionsWith(crc32OfText(text), version)) {
    if (history.has(known, text)) return { known, version, text };
  }
  return undefined;
}

/**
 * What people have done since the fork, and then `pending`, each under its nonce, to be done to the
 * text of the fork. What programs have done is left out: they do it to the file, and there it is or
 * was restored with it.
 */
export function lostSince(
  history: Committed,
  { known, text, arrived }: Pick<Fork, "known" | "text" | "arrived">,
  pending: readonly Pending[],
): readonly Pending[] {
  const edits = [...history.since(known), ...pending];
  const hasArrived = edits.map(({ nonce }) => nonce !== 0 && arrived?.has(nonce) === true);
  const isProgram = edits.map((each) => "userId" in each && isOfProgram(each));
  const ours = history.textOf(known) ?? text;
  const weave = new Weave(ours);
  for (const { op } of edits) weave.add(op);
  const isFirst = text === ours && arrived === undefined;
  const along = weave.layAlong(text, ({ insertedBy: came, deletedBy: went }) => {
    const mayBeThere = came < 0 || (!isFirst && (isProgram[came] || hasArrived[came]));
    return mayBeThere === true && !hasArrived[went];
  });
  return edits.flatMap((each, edit) => {
    if (hasArrived[edit] || isProgram[edit]) return [];
    const op = along.carry(edit);
    return ["userId" in each ? givenAgain(each, op) : { ...each, op }];
  });
}

function givenAgain({ nonce, version, crc32, userId }: KnownPacket, op: Op): Pending {
  return { op, nonce: nonce || nonceOf(version, crc32), lostFrom: userId };
}

/**
 * What `pending`, which begins with what gives back all that has followed the oldest text of a
 * history, is when the container has got the text of the fork, an older or a newer one of that history.
 * Undefined when it does not begin so.
 */
export function givenFrom(
  history: Committed,
  { known, text }: Fork,
  pending: readonly Pending[],
): readonly Pending[] | undefined {
  const { version: oldest, text: base, past } = history.base;
  if (known < oldest) {
    const older = lostSince(new Committed(oldest, base, past), { known, text }, []);
    return [...older, ...carried(pending, base, textOf(text, older))];
  }
  const given = lostSince(history.at(known, text), { known: oldest, text: base }, []);
  if (given.some(({ nonce }, index) => nonce !== pending[index]?.nonce)) return undefined;
  return carried(pending.slice(given.length), textOf(base, given), text);
}

function textOf(text: string, given: readonly Pending[]): string {
  return given.reduce((before, { op }) => apply(before, op), text);
}

/** What was made on one text, on another one, which differs by what programs have done. */
function carried(pending: readonly Pending[], from: string, to: string): readonly Pending[] {
  let theirs = diff(from, to);
  return pending.map((each) => {
    const [further, op] = transform(theirs, each.op);
    theirs = further;
    return { ...each, op };
  });
}

/** One nonce for all who give back the same: that of a text, which has a version and a checksum. */
export function nonceOf(version: number, crc32: number): number {
  return (crc32 ^ Math.imul(version, 0x9e3779b1)) >>> 0 || 1;
}
