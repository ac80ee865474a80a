import { assert } from "#common/lib/errors.ts";
import { apply, composeAll, validate, type Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";

/** An edit that the container has committed, as far as it matters later. */
export interface KnownPacket {
  readonly version: number;
  readonly op: Op;
  readonly nonce: number;
  readonly userId: number;
  /** Of the text that it made. */
  readonly crc32: number;
  /** By the container's clock. */
  readonly committedMs: number;
}

/** A text that the container had, its version, and the packets before it as far as they are known. */
export interface CommittedBase {
  readonly version: number;
  readonly text: string;
  readonly past: readonly KnownPacket[];
}

/**
 * Newest packets that are remembered, twice as many at most. A container that comes back with an
 * older state gets back from them what it has lost.
 */
const REMEMBERED = 4096;

/** A text as the container has it at the newest version taken in, and what has led to it lately. */
export class Committed {
  readonly text: Text;
  /** The oldest text that is known, which the packets lead on from. */
  #base: Text;
  #baseVersion: number;
  #packets: KnownPacket[] = [];
  /** What has led to that text: from a text that somebody else may know. */
  #past: readonly KnownPacket[];

  constructor(version: number, contents: string, past: readonly KnownPacket[] = []) {
    this.text = Text.from(contents);
    this.#base = this.text.clone();
    this.#baseVersion = version;
    this.#past = past;
  }

  /** What is known when `packets` have followed a text. */
  static after({ version, text, past }: CommittedBase, packets: readonly KnownPacket[]): Committed {
    const committed = new Committed(version, text, past);
    for (const packet of packets) committed.add(packet);
    return committed;
  }

  get version(): number {
    return this.#baseVersion + this.#packets.length;
  }

  /** When the newest packet was committed; 0 when none is known. */
  get committedMs(): number {
    return (this.#packets.at(-1) ?? this.#past.at(-1))?.committedMs ?? 0;
  }

  get baseVersion(): number {
    return this.#baseVersion;
  }

  /** The version of the oldest text that is known, that text, and the packets before it. */
  get base(): CommittedBase {
    return { version: this.#baseVersion, text: this.#base.toString(), past: this.#past };
  }

  /**
   * Takes in the packet of the next version. Throws when its op does not fit, or its checksum tells of
   * another text (0 tells nothing), and is as before then: what was got wrong is not remembered, and
   * so is never given back.
   */
  add({ version, op, nonce, userId, committedMs, crc32: expected }: KnownPacket): void {
    assert(version === this.version + 1, "packets come in order");
    validate(op, this.text.length);
    const inverse = this.text.inverseOf(op);
    this.text.apply(op);
    const crc32 = this.text.crc32();
    if (expected !== 0 && expected !== crc32) {
      this.text.apply(inverse);
      throw new Error("its checksum is of another text");
    }
    this.#packets.push({ version, op, nonce, userId, crc32, committedMs });
    if (this.#packets.length <= 2 * REMEMBERED) return;
    const forgotten = this.#packets.splice(0, REMEMBERED);
    for (const packet of forgotten) this.#base.apply(packet.op);
    this.#baseVersion += REMEMBERED;
    this.#past = forgotten;
  }

  /** Learns the packets that have led to the oldest text. */
  learnPast(packets: readonly KnownPacket[]): void {
    assert(packets.at(-1)?.version === this.#baseVersion, "the past leads to the oldest text");
    const [first] = packets;
    if (
      first?.version === 1 &&
      isMadeOf(
        this.#base.toString(),
        "",
        packets.map(({ op }) => op),
      )
    ) {
      // Every history begins with nothing, so that all texts of this one are known.
      this.#base = Text.from("");
      this.#baseVersion = 0;
      this.#packets = [...packets, ...this.#packets];
    } else {
      this.#past = packets;
    }
  }

  /** What was known at a version that is remembered, whose text is `text`. */
  at(version: number, text: string): Committed {
    if (version < this.#baseVersion) {
      return new Committed(version, text, this.#past.slice(0, version - this.#oldest));
    }
    const known = new Committed(this.#baseVersion, this.#base.toString(), this.#past);
    for (const packet of this.#packets.slice(0, version - this.#baseVersion)) known.add(packet);
    return known;
  }

  /** The packets that made the versions after `version`, oldest first; those that are remembered. */
  since(version: number): readonly KnownPacket[] {
    const newer = this.#packets.slice(Math.max(version - this.#baseVersion, 0));
    return version < this.#baseVersion
      ? [...this.#past.slice(version - this.#oldest), ...newer]
      : newer;
  }

  /** The checksum of a version's text, where it is remembered. */
  crc32Of(version: number): number | undefined {
    if (version === this.#baseVersion) return this.#base.crc32();
    return version < this.#baseVersion
      ? this.#past[version - this.#oldest - 1]?.crc32
      : this.#packets[version - this.#baseVersion - 1]?.crc32;
  }

  /** The versions that may have that text, by its checksum: `likely` first, then the newest ones. */
  *versionsWith(crc32: number, likely: number): Iterable<number> {
    if (this.crc32Of(likely) === crc32) yield likely;
    for (let version = this.version; version >= this.#oldest; version--) {
      if (version !== likely && this.crc32Of(version) === crc32) yield version;
    }
  }

  /** The newest text with edits that are pending; a copy. */
  textWith(pending: readonly { readonly op: Op }[]): Text {
    const text = this.text.clone();
    for (const { op } of pending) text.apply(op);
    return text;
  }

  /** Whether a packet is the one that made the newest text. */
  isMadeBy({ version, nonce, crc32 }: Pick<KnownPacket, "version" | "nonce" | "crc32">): boolean {
    const [newest] = this.since(this.version - 1);
    return newest?.version === version && newest.nonce === nonce && newest.crc32 === crc32;
  }

  /** Whether the text of a version is `text`. */
  has(version: number, text: string): boolean {
    if (version >= this.#baseVersion) return this.#textOf(version) === text;
    const ops = this.#past.slice(version - this.#oldest).map(({ op }) => op);
    return isMadeOf(this.#base.toString(), text, ops);
  }

  /** The text of a version, or undefined when only others may know it. */
  textOf(version: number): string | undefined {
    return version < this.#baseVersion ? undefined : this.#textOf(version);
  }

  #textOf(version: number): string {
    const text = this.#base.clone();
    for (const { op } of this.#packets.slice(0, version - this.#baseVersion)) text.apply(op);
    return text.toString();
  }

  /** The version before the oldest packet. */
  get #oldest(): number {
    return this.#baseVersion - this.#past.length;
  }
}

/** Whether `ops` lead from text `before` to `text`. */
export function isMadeOf(text: string, before: string, ops: readonly Op[]): boolean {
  try {
    return apply(before, composeAll(ops)) === text;
  } catch {
    // They were made on another one.
    return false;
  }
}
