import { assert } from "../lib/errors.ts";
import { encodeUtf8 } from "../lib/utf8.ts";

/** Room that is kept from one frame to the next; most need less. */
const KEPT_BYTES = 64 * 1024;

/** Strings up to this length are written unit by unit, which is quicker than calling the encoder. */
const SHORT = 64;

/** Writes values of protobuf one behind the other, into memory that it uses again and again. */
export class ByteWriter {
  #bytes = new Uint8Array(KEPT_BYTES);
  #length = 0;

  /** Calls `write`, and returns what that has written as bytes of their own. */
  collect(write: () => void): Uint8Array<ArrayBuffer> {
    // Not after it: what fails halfway must not stand before what comes next.
    this.#length = 0;
    write();
    const written = this.#bytes.slice(0, this.#length);
    if (this.#bytes.byteLength > KEPT_BYTES) this.#bytes = new Uint8Array(KEPT_BYTES);
    return written;
  }

  uint32(value: number): void {
    assert(value >>> 0 === value, "an unsigned number of 32 bits");
    this.#varint(value);
  }

  int32(value: number): void {
    assert((value | 0) === value, "a number of 32 bits");
    if (value >= 0) this.#varint(value);
    else this.int64(BigInt(value));
  }

  sint32(value: number): void {
    assert((value | 0) === value, "a number of 32 bits");
    this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  int64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0xffff_ffffn) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#varint(Number(rest));
  }

  bytes(value: Uint8Array): void {
    this.uint32(value.byteLength);
    this.#reserve(value.byteLength);
    this.#bytes.set(value, this.#length);
    this.#length += value.byteLength;
  }

  string(value: string): void {
    const { length } = value;
    const start = this.#length;
    if (length <= SHORT) {
      this.#reserve(length + 1);
      const bytes = this.#bytes;
      let i = 0;
      for (let unit = 0; i < length && (unit = value.charCodeAt(i)) < 0x80; i++) {
        bytes[start + 1 + i] = unit;
      }
      if (i === length) {
        bytes[start] = length;
        this.#length = start + 1 + length;
        return;
      }
    }
    this.bytes(encodeUtf8(value));
  }

  /** Begins what has its length in front of it; ended by `end` with the same mark. */
  begin(): number {
    this.#byte(0);
    return this.#length;
  }

  end(mark: number): void {
    const size = this.#length - mark;
    if (size < 0x80) {
      this.#bytes[mark - 1] = size;
      return;
    }
    // The length takes more than the one byte that was left for it.
    const more = size < 0x4000 ? 1 : size < 0x20_0000 ? 2 : size < 0x1000_0000 ? 3 : 4;
    this.#reserve(more);
    this.#bytes.copyWithin(mark + more, mark, mark + size);
    this.#length = mark - 1;
    this.#varint(size);
    this.#length += size;
  }

  #varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.byteLength) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.byteLength));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
