/**
 * CRC-32 as in zlib, gzip and PNG (IEEE 802.3, reflected), unsigned.
 *
 * A checksum is a remainder modulo a polynomial over GF(2), so that of joined pieces follows from
 * those of the pieces: `crc(a + b)` is `crc(a) · x^(8 · bytes of b) + crc(b)`. The power is called
 * the shift of `b` here. Who keeps checksum and shift of a piece need never read it again.
 */

const POLYNOMIAL = 0xedb88320;

/** Entry 256 k + b: what byte b does to the checksum when k more bytes follow. */
const tables = new Int32Array(1024);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = timesX(crc);
  tables[byte] = crc;
}
for (let i = 256; i < tables.length; i++) {
  tables[i] = append(at(tables, i - 256), 0);
}

/** Entry r: r · x⁴, for r of the four highest powers. */
const timesX4 = new Int32Array(16);
for (let i = 0; i < 16; i++) timesX4[i] = timesX(timesX(timesX(timesX(i))));

/** Shifts of 0 … 2047 bytes, and behind them those of 2048 bytes, doubled again and again. */
const SHORT = 2048;
const shifts = new Int32Array(SHORT + 32);
shifts[0] = 1 << 31;
for (let i = 1; i <= SHORT; i++) shifts[i] = append(at(shifts, i - 1), 0);
for (let i = SHORT + 1; i < shifts.length; i++) {
  shifts[i] = multiply(at(shifts, i - 1), at(shifts, i - 1));
}

/** The checksum of `bytes`, or of something with the checksum `before` and then `bytes`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = append(crc, at(bytes, i));
  return ~crc >>> 0;
}

/** The same for the UTF-8 form of `text`, which must be well formed. */
export function crc32OfText(text: string, before = 0): number {
  let crc = before;
  const units = new Uint16Array(Math.min(text.length, 1024));
  for (let from = 0; from < text.length;) {
    let count = Math.min(units.length, text.length - from);
    for (let i = 0; i < count; i++) units[i] = text.charCodeAt(from + i);
    // A pair must not be cut: its halves mean nothing by themselves.
    if (from + count < text.length && isHigh(at(units, count - 1))) count--;
    crc = crc32OfUnits(units, 0, count, crc);
    from += count;
  }
  return crc;
}

/** The same for the UTF-8 form of the UTF-16 units `from` … `to`, which must be well formed. */
export function crc32OfUnits(units: Uint16Array, from: number, to: number, before = 0): number {
  let crc = ~before;
  let i = from;
  while (i < to) {
    // Four ASCII characters at once: that is nearly all of nearly every file.
    while (i + 3 < to) {
      const a = at(units, i);
      const b = at(units, i + 1);
      const c = at(units, i + 2);
      const d = at(units, i + 3);
      if ((a | b | c | d) > 127) break;
      crc ^= a | (b << 8) | (c << 16) | (d << 24);
      crc =
        at(tables, 768 + (crc & 255)) ^
        at(tables, 512 + ((crc >>> 8) & 255)) ^
        at(tables, 256 + ((crc >>> 16) & 255)) ^
        at(tables, crc >>> 24);
      i += 4;
    }
    if (i === to) break;
    const unit = at(units, i++);
    if (unit < 0x80) {
      crc = append(crc, unit);
    } else if (unit < 0x800) {
      crc = appendTail(append(crc, 0xc0 | (unit >> 6)), unit);
    } else if (!isHigh(unit)) {
      crc = appendTail(appendTail(append(crc, 0xe0 | (unit >> 12)), unit >> 6), unit);
    } else {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (at(units, i++) & 0x3ff);
      crc = appendTail(append(crc, 0xf0 | (point >> 18)), point >> 12);
      crc = appendTail(appendTail(crc, point >> 6), point);
    }
  }
  return ~crc >>> 0;
}

/** The checksum of two pieces in a row, from that of each and the shift of the second. */
export function combine(first: number, second: number, shiftOfSecond: number): number {
  return (multiply(first, shiftOfSecond) ^ second) >>> 0;
}

/** The shift of a piece of `bytes` bytes. */
export function shiftOf(bytes: number): number {
  let shift = at(shifts, bytes % SHORT);
  let rest = Math.floor(bytes / SHORT);
  for (let k = SHORT; rest > 0; k++, rest >>>= 1) {
    if (rest & 1) shift = multiply(shift, at(shifts, k));
  }
  return shift;
}

function append(crc: number, byte: number): number {
  return (crc >>> 8) ^ at(tables, (crc ^ byte) & 255);
}

/** One of the later bytes of a character: 10xxxxxx. */
function appendTail(crc: number, bits: number): number {
  return append(crc, 0x80 | (bits & 63));
}

/** In the reflected notation the lowest bit is the highest power, and bit 31 stands for x⁰. */
function timesX(a: number): number {
  return (a >>> 1) ^ (POLYNOMIAL & -(a & 1));
}

/**
 * `a · b`; of two shifts that is the shift of both pieces together. Four bits of `a` are taken at a
 * time, from its highest power down.
 */
export function multiply(a: number, b: number): number {
  const b1 = timesX(b);
  const b2 = timesX(b1);
  const b3 = timesX(b2);
  let product = 0;
  for (let i = 0; i < 32; i += 4) {
    const bits = a >>> i;
    product = (product >>> 4) ^ at(timesX4, product & 15);
    product ^= (b & -((bits >>> 3) & 1)) ^ (b1 & -((bits >>> 2) & 1));
    product ^= (b2 & -((bits >>> 1) & 1)) ^ (b3 & -(bits & 1));
  }
  return product;
}

function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** An element that is there; the compiler cannot know. */
function at(array: Int32Array | Uint16Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}
