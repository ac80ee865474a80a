import { assert } from "#common/lib/errors.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import type { Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";

/** An edit that the container has committed, as far as it matters later. */
export interface KnownPacket {
  readonly version: number;
  readonly op: Op;
  readonly nonce: number;
  readonly userId: number;
  /** Of the text that it made. */
  readonly crc32: number;
}

/**
 * Newest packets that are remembered, twice as many at most. A container that comes back with an
 * older state gets back from them what it has lost.
 */
const REMEMBERED = 4096;

/** A text as the container has it at the newest version taken in, and what has led to it lately. */
export class Committed {
  readonly text: Text;
  /** The text before the oldest packet. */
  readonly #base: Text;
  #baseVersion: number;
  #packets: KnownPacket[] = [];

  constructor(version: number, contents: string) {
    this.text = Text.from(contents);
    this.#base = this.text.clone();
    this.#baseVersion = version;
  }

  get version(): number {
    return this.#baseVersion + this.#packets.length;
  }

  /** The oldest version whose text is known, and that text. */
  get base(): { readonly version: number; readonly text: string } {
    return { version: this.#baseVersion, text: this.#base.toString() };
  }

  get baseVersion(): number {
    return this.#baseVersion;
  }

  /** Takes in the packet of the next version; throws when its op does not fit, and is of no use then. */
  add({ version, op, nonce, userId }: Omit<KnownPacket, "crc32">): void {
    assert(version === this.version + 1, "packets come in order");
    this.text.apply(op);
    this.#packets.push({ version, op, nonce, userId, crc32: this.text.crc32() });
    if (this.#packets.length <= 2 * REMEMBERED) return;
    for (const packet of this.#packets.splice(0, REMEMBERED)) this.#base.apply(packet.op);
    this.#baseVersion += REMEMBERED;
  }

  /** The packets that made the versions after `version`, oldest first; those that are remembered. */
  since(version: number): readonly KnownPacket[] {
    return this.#packets.slice(Math.max(version - this.#baseVersion, 0));
  }

  /** The checksum of a version's text, where it is remembered. */
  crc32Of(version: number): number | undefined {
    if (version === this.#baseVersion) return this.#base.crc32();
    return this.#packets[version - this.#baseVersion - 1]?.crc32;
  }

  /** The versions whose text has that checksum, newest first. */
  *versionsWith(crc32: number): Iterable<number> {
    for (let version = this.version; version >= this.#baseVersion; version--) {
      if (this.crc32Of(version) === crc32) yield version;
    }
  }

  /** The text of a version from `baseVersion` on. */
  textOf(version: number): string {
    const text = this.#base.clone();
    for (const { op } of this.#packets.slice(0, version - this.#baseVersion)) text.apply(op);
    return text.toString();
  }

  /** The newest version with just that text. */
  versionOf(contents: string): number | undefined {
    for (const version of this.versionsWith(crc32OfText(contents))) {
      if (this.textOf(version) === contents) return version;
    }
    return undefined;
  }
}
