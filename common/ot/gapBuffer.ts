import { combine, crc32OfUnits, shiftOf } from "./crc32.ts";

/**
 * UTF-16 units that one buffer has room for. An edit that falls anywhere moves a quarter of them,
 * and the checksum after it reads them all, unlike the next one if that goes on there; halving them
 * doubles the tree above.
 */
export const ROOM = 256;

/** Rooms are cut from larger pieces of memory, as each piece costs as much as several edits. */
const ROOMS_PER_PIECE = 16;

let piece = new ArrayBuffer(0);
let pieceUsed = 0;

function takeRoom(): Uint16Array {
  if (pieceUsed === piece.byteLength) {
    piece = new ArrayBuffer(ROOMS_PER_PIECE * ROOM * Uint16Array.BYTES_PER_ELEMENT);
    pieceUsed = 0;
  }
  const room = new Uint16Array(piece, pieceUsed, ROOM);
  pieceUsed += room.byteLength;
  return room;
}

/**
 * A short piece of text. Its UTF-16 units lie at both ends of the room, and the gap between them is
 * where the last edit was, so that typing on moves nothing. Positions are code points; text is well
 * formed, and no surrogate pair is divided between two buffers.
 */
export class GapBuffer {
  points = 0;
  units = 0;
  /** As UTF-8. */
  bytes = 0;
  readonly #room = takeRoom();
  /** Where the gap begins: in units, and in code points. It is as long as `free`. */
  #gap = 0;
  #gapPoints = 0;
  // Typing goes on in front of the gap, so checksums are taken of what is before and behind it. They
  // are kept as signed numbers, which take no room of their own.
  /** Of the first `#headUnits` units, all of which are before the gap. */
  #head = 0;
  #headUnits = 0;
  /** Of all behind the gap, with its shift, which is 0 while the checksum is not taken. */
  #tail = 0;
  #tailShift = 0;

  get free(): number {
    return ROOM - this.units;
  }

  /** Inserts the units `start` … `end` of `text`, for which there must be room. */
  insert(position: number, text: string, start: number, end: number): void {
    this.#moveGap(this.unitsBefore(position));
    const room = this.#room;
    let gap = this.#gap;
    let points = end - start;
    let bytes = points;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      room[gap++] = unit;
      if (unit < 0x80) continue;
      bytes += bytesOf(unit) - 1;
      if (isLow(unit)) points--;
    }
    this.#gap = gap;
    this.#gapPoints = position + points;
    this.points += points;
    this.units += end - start;
    this.bytes += bytes;
  }

  /** Deletes the code points `from` … `to`. */
  delete(from: number, to: number): void {
    const start = this.unitsBefore(from);
    const end = this.#unitsAfter(start, to - from);
    // A gap in the midst of what goes, or at its edge, need not move: it grows both ways.
    if (this.#gap < start) this.#moveGap(start);
    else if (this.#gap > end) this.#moveGap(end);
    this.bytes -= this.#bytesBetween(start, end);
    if (end > this.#gap) this.#tailShift = 0;
    if (start < this.#headUnits) this.#headUnits = 0;
    this.#gap = start;
    this.#gapPoints = from;
    this.points -= to - from;
    this.units -= end - start;
  }

  /** Moves all behind `position` to `other`, which is empty. */
  moveTail(position: number, other: GapBuffer): void {
    const start = this.unitsBefore(position);
    this.#moveGap(start);
    other.points = this.points - position;
    other.units = this.units - start;
    other.bytes = this.#bytesBetween(start, this.units);
    other.#room.set(this.#room.subarray(start + this.free), start + this.free);
    this.points = position;
    this.units = start;
    this.bytes -= other.bytes;
    this.#gapPoints = position;
    this.#tailShift = 0;
  }

  slice(from: number, to: number): string {
    const start = this.unitsBefore(from);
    const end = this.#unitsAfter(start, to - from);
    const gap = this.#gap;
    if (end <= gap) return decode(this.#room, start, end);
    const { free } = this;
    if (start >= gap) return decode(this.#room, start + free, end + free);
    return decode(this.#room, start, gap) + decode(this.#room, gap + free, end + free);
  }

  unitsBefore(position: number): number {
    return position < this.#gapPoints
      ? this.#unitsAfter(0, position)
      : this.#unitsAfter(this.#gap, position - this.#gapPoints);
  }

  /** The code points in the first `units` units; half a pair counts as a whole one. */
  pointsBefore(units: number): number {
    if (this.points === this.units) return units;
    const behind = units >= this.#gap;
    const shift = behind ? this.free : 0;
    let points = behind ? this.#gapPoints : 0;
    for (let i = behind ? this.#gap : 0; i < units; points++) {
      i += isHigh(at(this.#room, i + shift)) ? 2 : 1;
    }
    return points;
  }

  crc32(): number {
    const gap = this.#gap;
    if (this.#headUnits === 0) this.#head = 0;
    this.#head = crc32OfUnits(this.#room, this.#headUnits, gap, this.#head) | 0;
    this.#headUnits = gap;
    if (this.#tailShift === 0) {
      this.#tail = crc32OfUnits(this.#room, gap + this.free, ROOM) | 0;
      this.#tailShift = shiftOf(this.#bytesBetween(gap, this.units));
    }
    return combine(this.#head, this.#tail, this.#tailShift);
  }

  /** The offset that is `points` code points behind `offset`. */
  #unitsAfter(offset: number, points: number): number {
    if (this.points === this.units) return offset + points;
    const room = this.#room;
    let end = offset;
    for (let left = points; left > 0; left--) {
      end += isHigh(at(room, end < this.#gap ? end : end + this.free)) ? 2 : 1;
    }
    return end;
  }

  #bytesBetween(start: number, end: number): number {
    if (this.bytes === this.units) return end - start;
    let bytes = 0;
    for (let i = start; i < end; i++) {
      bytes += bytesOf(at(this.#room, i < this.#gap ? i : i + this.free));
    }
    return bytes;
  }

  #moveGap(to: number): void {
    const room = this.#room;
    const gap = this.#gap;
    const { free } = this;
    if (to === gap) return;
    this.#tailShift = 0;
    if (to < this.#headUnits) this.#headUnits = 0;
    if (Math.abs(to - gap) > 32) {
      if (to < gap) room.copyWithin(to + free, to, gap);
      else room.copyWithin(gap, gap + free, to + free);
    } else {
      for (let i = gap - 1; i >= to; i--) room[i + free] = at(room, i);
      for (let i = gap; i < to; i++) room[i] = at(room, i + free);
    }
    this.#gap = to;
  }
}

function decode(units: Uint16Array, from: number, to: number): string {
  return String.fromCharCode.apply(null, units.subarray(from, to) as unknown as number[]);
}

/** The bytes of UTF-8 that a unit stands for; each half of a pair stands for two of the four. */
function bytesOf(unit: number): number {
  if (unit < 0x80) return 1;
  return unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** A unit that is there; the compiler cannot know. */
function at(units: Uint16Array, index: number): number {
  return units[index] ?? 0;
}
