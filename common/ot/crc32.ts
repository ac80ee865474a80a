/**
 * CRC-32 as in zlib, gzip and PNG (IEEE 802.3, reflected), unsigned. A checksum of joined pieces
 * follows from the checksums of the pieces: `combine(crc(a), crc(b), b.length)` is `crc(a + b)`.
 */

const POLYNOMIAL = 0xedb88320;

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  table[byte] = crc;
}

/** The checksum of `bytes`, continuing from the checksum `seed` of what came before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  for (const byte of bytes) crc = step(crc, byte);
  return ~crc >>> 0;
}

/** The checksum of the UTF-8 form of `text`, without making that form. */
export function crc32OfText(text: string): number {
  let crc = -1;
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i) ?? 0;
    if (point < 0x80) {
      crc = step(crc, point);
    } else if (point < 0x800) {
      crc = step(step(crc, 0xc0 | (point >> 6)), 0x80 | (point & 63));
    } else if (point < 0x10000) {
      crc = step(crc, 0xe0 | (point >> 12));
      crc = step(step(crc, 0x80 | ((point >> 6) & 63)), 0x80 | (point & 63));
    } else {
      crc = step(step(crc, 0xf0 | (point >> 18)), 0x80 | ((point >> 12) & 63));
      crc = step(step(crc, 0x80 | ((point >> 6) & 63)), 0x80 | (point & 63));
      i++;
    }
  }
  return ~crc >>> 0;
}

function step(crc: number, byte: number): number {
  return (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0);
}
