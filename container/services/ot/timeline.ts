import type { Clock } from "#common/lib/clock.ts";
import { assert, InvariantError, RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { Authority } from "#common/ot/authority.ts";
import type { Component, Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import type { Storage } from "../../platform.ts";
import { PROGRAM, type Commit } from "./commit.ts";
import { DocumentLog, type DiskNote, type LogEntry } from "./documentLog.ts";
import { DiskReplica } from "./replica.ts";

/**
 * Newest commits that stay in memory, twice as many at most: a client whose version is older must
 * take the whole text again. Thousands are minutes of typing by many, at some hundred bytes each.
 */
const KEPT_COMMITS = 4096;

/**
 * A new log begins after this much history, or as much as the text is long: each key frame then
 * costs no more than the commits before it, and opening reads a few thousand of them.
 */
const KEY_FRAME_BYTES = 128 * 1024;

/** Commits in one answer to a fetch; about half a megabyte. */
const MAX_FETCHED = 10_000;

/** UTF-16 units of inserted text in one answer; a text as long as a frame comes alone. */
const MAX_FETCHED_UNITS = 4 * 1024 * 1024;

export interface Edit {
  readonly base: number;
  readonly components: readonly Component[];
  readonly nonce: number;
  readonly userId: number;
}

/**
 * A text with its past: the authority over its edits, and their log. Its changes come in two steps,
 * `receive` or `change` in memory and `append` on disk, between which nobody else may look at it.
 */
export class Timeline {
  readonly #clock: Clock;
  readonly #log: DocumentLog;
  readonly #maxBytes: number;
  #authority: Authority;
  /** What is told of the authority's ops, beside them and as many. */
  #facts: Facts[];
  /** The text's UTF-8 is at most this long. */
  #bytesAtMost = Number.POSITIVE_INFINITY;
  /** Set when what is stored could not be read back. */
  #broken: RequestError | undefined;

  private constructor(clock: Clock, log: DocumentLog, maxBytes: number, past: Past) {
    this.#clock = clock;
    this.#log = log;
    this.#maxBytes = maxBytes;
    this.#authority = past.authority;
    this.#facts = past.facts;
  }

  /**
   * Opens the text `id`, new or from its past. The replica tells what is known of its file.
   */
  static async open(
    { clock, storage }: { readonly clock: Clock; readonly storage: Storage },
    { id, maxBytes }: { readonly id: string; readonly maxBytes: number },
  ): Promise<{ readonly timeline: Timeline; readonly replica: DiskReplica }> {
    const log = await DocumentLog.open(storage, id);
    try {
      const entries = await log.load();
      const past = replay(entries);
      return {
        timeline: new Timeline(clock, log, maxBytes, past),
        replica: replicaOf(entries, past),
      };
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  get version(): number {
    return this.#authority.version;
  }

  get length(): number {
    return this.#authority.text.length;
  }

  /** The whole text, in time with its length. */
  text(): string {
    return this.#authority.text.toString();
  }

  /** When the newest version was committed, where that is remembered. */
  get committedMs(): number | undefined {
    return this.#facts.at(-1)?.committedMs;
  }

  crc32(): number {
    return this.#authority.text.crc32();
  }

  /** Puts an edit in its place, or throws `RequestError`; undefined when it was there already. */
  receive({ base, components, nonce, userId }: Edit): Commit | undefined {
    if (this.#broken !== undefined) throw this.#broken;
    this.#checkSize(components);
    const { version, op, repeated } = this.#authority.receive({
      base,
      op: components,
      author: String(userId),
      nonce,
    });
    return repeated ? undefined : this.#commit(version, op, nonce, userId);
  }

  /** Puts a program's change of the newest text in place. */
  change(op: Op): Commit {
    if (this.#broken !== undefined) throw this.#broken;
    const version = this.#authority.commit(op, String(PROGRAM), 0);
    this.#bytesAtMost = Number.POSITIVE_INFINITY;
    return this.#commit(version, op, 0, PROGRAM);
  }

  /** Stores commits, or takes them back and rejects. */
  async append(commits: readonly Commit[], notes: readonly DiskNote[] = []): Promise<void> {
    try {
      await this.#log.append(commits, notes);
    } catch (error) {
      await this.#takeBack();
      throw error;
    }
  }

  /** Tells the log what the file holds; without commits there is nothing to take back. */
  async appendNote(note: DiskNote): Promise<void> {
    await this.#log.append([], [note]);
  }

  /** Resolves when all that was appended before survives a loss of power. */
  sync(): Promise<void> {
    return this.#log.sync();
  }

  /** The ops that lead from version `from` to the newest. */
  opsSince(from: number): readonly Op[] {
    return Array.from({ length: this.version - from }, (_, index) =>
      this.#authority.opOf(from + index + 1),
    );
  }

  /** The commits after version `from`, which must be remembered. */
  commitsSince(from: number): readonly Commit[] {
    return this.#commits(from + 1, this.version);
  }

  /** Whether positions in the text of `version` can be carried to the newest. */
  remembers(version: number): boolean {
    return version >= this.#authority.oldest;
  }

  /**
   * The commits of versions `from` to `to`, both included (OT27); 0 is the newest. Of many only the
   * first come, at least one; the others are asked for again. The promise is for the disk: what it
   * is about is settled now.
   */
  async fetch(from: number, wanted: number): Promise<readonly Commit[]> {
    const to = wanted === 0 ? this.version : wanted;
    if (wanted === 0 && from === to + 1) return [];
    if (from < 1 || to < from || to > this.version) {
      throw new RequestError(
        "bad-request",
        `no versions ${from} to ${to}: there are 1 to ${this.version}`,
      );
    }
    const end = Math.min(to, from + MAX_FETCHED - 1);
    const { oldest } = this.#authority;
    const near = this.#commits(Math.max(from, oldest + 1), end);
    const far = from > oldest ? [] : await this.#log.read(from, Math.min(end, oldest));
    const commits = [...far, ...near];
    let units = 0;
    const tooMany = commits.findIndex(({ op }, index) => {
      for (const part of op) if (typeof part === "string") units += part.length;
      return index > 0 && units > MAX_FETCHED_UNITS;
    });
    return tooMany < 0 ? commits : commits.slice(0, tooMany);
  }

  /** Forgets what nobody needs in memory: `needed` and newer stay. */
  trim(needed: number): void {
    const { oldest } = this.#authority;
    if (this.version - oldest <= 2 * KEPT_COMMITS) return;
    const upTo = Math.min(this.version - KEPT_COMMITS, needed);
    if (upTo <= oldest) return;
    this.#authority.forget(upTo);
    this.#facts.splice(0, upTo - oldest);
  }

  /** Begins a new log when the last one is long; `text` is that of `version`, and in the file. */
  async keyFrame(version: number, text: string): Promise<void> {
    if (this.#log.bytesSinceKey < Math.max(KEY_FRAME_BYTES, text.length)) return;
    if (!this.remembers(version)) return;
    await this.#log.startNext(version, text, this.#commits(version + 1, this.version));
  }

  /**
   * Makes a history `id` of this one, up to the newest version that is remembered to have had the
   * text `text`, or else as a whole. Tells whether there is any.
   */
  async copyTo(id: string, text: string): Promise<boolean> {
    if (this.version === 0) return false;
    const newest = this.text();
    const crc32 = crc32OfText(text);
    const found = text === newest ? -1 : this.#facts.findLastIndex((fact) => fact.crc32 === crc32);
    if (found < 0) await this.#log.copyTo(id, this.version, newest);
    else await this.#log.copyTo(id, this.#authority.oldest + found + 1, text);
    return true;
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #commit(version: number, op: Op, nonce: number, userId: number): Commit {
    const committedMs = this.#clock.now();
    const facts = { crc32: this.crc32(), committedMs, nonce, userId };
    this.#facts.push(facts);
    return { version, op, ...facts };
  }

  /** Commits that are in memory. */
  #commits(from: number, to: number): readonly Commit[] {
    const { oldest } = this.#authority;
    return this.#facts.slice(from - oldest - 1, Math.max(to - oldest, 0)).map((facts, index) => {
      const version = from + index;
      return { version, op: this.#authority.opOf(version), ...facts };
    });
  }

  /** Refuses what would make a text that cannot be opened again. */
  #checkSize(components: readonly Component[]): void {
    let more = 0;
    for (const part of components) if (typeof part === "string") more += encodeUtf8(part).length;
    if (more === 0) return;
    if (this.#bytesAtMost + more > this.#maxBytes) {
      // What was deleted was not subtracted: only now it is worth a look at the whole text.
      this.#bytesAtMost = encodeUtf8(this.text()).length;
    }
    if (this.#bytesAtMost + more > this.#maxBytes) throw tooLarge(this.#maxBytes);
    this.#bytesAtMost += more;
  }

  async #takeBack(): Promise<void> {
    try {
      const past = replay(await this.#log.load());
      this.#authority = past.authority;
      this.#facts = past.facts;
    } catch (cause) {
      this.#broken = new RequestError("failed", "history cannot be read", { cause });
    }
  }
}

export function tooLarge(maxBytes: number): RequestError {
  const limit = `${Math.floor(maxBytes / 1024 / 1024)} MiB`;
  return new RequestError("too-large", `file too large: texts of up to ${limit} can be edited`);
}

type Facts = Omit<Commit, "version" | "op">;

interface Past {
  readonly authority: Authority;
  readonly facts: Facts[];
}

/** The text and its commits, from what the log has of them. */
function replay(entries: readonly LogEntry[]): Past {
  const [first] = entries;
  const start = first?.kind === "key" ? first : { version: 0, text: "" };
  const authority = new Authority(Text.from(start.text), start.version);
  const facts: Facts[] = [];
  for (const entry of entries) {
    // The commits that followed a key frame may stand before it too.
    if (entry.kind !== "commit" || entry.commit.version <= authority.version) continue;
    const { version, op, ...fact } = entry.commit;
    const { nonce, userId } = fact;
    const made = authority.commit(op, String(userId), nonce);
    if (made !== version) throw new InvariantError(`history lacks version ${made}`);
    facts.push(fact);
  }
  assert(
    facts.length === 0 || facts.at(-1)?.crc32 === authority.text.crc32(),
    "history does not make the text that it made before",
  );
  return { authority, facts };
}

/** What is known of the file. */
function replicaOf(entries: readonly LogEntry[], { authority }: Past): DiskReplica {
  let version = 0;
  let saved = 0;
  let saving: number | undefined;
  /** What programs have done to the file since, and the versions which that became in the text. */
  let changes: { readonly op: Op; readonly version: number }[] = [];
  for (const entry of entries) {
    if (entry.kind === "commit") {
      version = entry.commit.version;
    } else if (entry.kind === "changed") {
      changes.push({ op: entry.op, version });
      saving = undefined;
    } else if (entry.kind === "saving") {
      saving = entry.version;
    } else {
      saved = entry.version;
      saving = undefined;
      changes = [];
    }
  }
  const texts = textsOf(entries, authority, new Set([saved, saving ?? saved]));
  const savedText = texts.get(saved);
  assert(savedText !== undefined, `history lacks version ${saved}, which the file was saved as`);
  const replica = new DiskReplica(savedText, saved);
  for (const change of changes) {
    const newer: Op[] = [];
    for (let at = replica.version + 1; at < change.version; at++) newer.push(authority.opOf(at));
    replica.retrace(change.op, newer, change.version);
  }
  const attempted = saving === undefined ? undefined : texts.get(saving);
  if (saving !== undefined && attempted !== undefined) {
    replica.attempt({ text: attempted, version: saving });
  }
  return replica;
}

/** The texts of some versions. */
function textsOf(
  entries: readonly LogEntry[],
  authority: Authority,
  versions: ReadonlySet<number>,
): ReadonlyMap<number, string> {
  const texts = new Map([[authority.version, authority.text.toString()]]);
  if ([...versions].every((version) => texts.has(version))) return texts;
  const [first] = entries;
  const text = Text.from(first?.kind === "key" ? first.text : "");
  for (let version = authority.oldest; version < authority.version; version++) {
    if (version > authority.oldest) text.apply(authority.opOf(version));
    if (versions.has(version)) texts.set(version, text.toString());
  }
  return texts;
}
