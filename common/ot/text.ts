import { assert } from "#common/lib/errors.ts";
import { crc32OfText } from "./crc32.ts";
import { apply, codePointLength, type Op } from "./op.ts";

/**
 * A text that changes in place. Offsets and lengths are code points unless they say UTF-16; text
 * that comes in must be well formed (see `wellFormed`), and no offset may cut a surrogate pair.
 */
export class Text {
  #text: string;
  #length: number;

  private constructor(text: string) {
    this.#text = text;
    this.#length = codePointLength(text);
  }

  static from(text: string): Text {
    return new Text(text);
  }

  /** Code points. */
  get length(): number {
    return this.#length;
  }

  get utf16Length(): number {
    return this.#text.length;
  }

  /** Changes the text by `op`, which must not reach past the end. */
  apply(op: Op): void {
    this.#text = apply(this.#text, op);
    this.#length = codePointLength(this.#text);
  }

  /** Replaces `deleteCount` code points at `position` by `insert`. */
  splice(position: number, deleteCount: number, insert: string): void {
    const from = this.codePointToUtf16(position);
    const to = this.codePointToUtf16(position + deleteCount);
    this.#text = this.#text.slice(0, from) + insert + this.#text.slice(to);
    this.#length = codePointLength(this.#text);
  }

  toString(): string {
    return this.#text;
  }

  slice(from: number, to: number): string {
    return this.#text.slice(this.codePointToUtf16(from), this.codePointToUtf16(to));
  }

  /** CRC-32 (IEEE) of the whole text as UTF-8. */
  crc32(): number {
    return crc32OfText(this.#text);
  }

  codePointToUtf16(position: number): number {
    assert(position >= 0 && position <= this.#length, "position outside of the text");
    let offset = 0;
    for (let n = 0; n < position; n++) {
      offset += (this.#text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
    }
    return offset;
  }

  utf16ToCodePoint(offset: number): number {
    assert(offset >= 0 && offset <= this.#text.length, "offset outside of the text");
    return codePointLength(this.#text.slice(0, offset));
  }

  /** An independent copy. */
  clone(): Text {
    return new Text(this.#text);
  }
}
