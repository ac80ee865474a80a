import { joinBytes } from "#common/lib/joinBytes.ts";
import { crc32 } from "#common/ot/crc32.ts";
import { imageKind } from "./images.ts";

/*
 * Cameras write into a picture where and when it was taken, and with what; programs write names. What
 * is shown needs three things besides the picture: its colour profile, its density, and which side is
 * up. So pieces are kept by a list of those that are needed, and all others go, also unknown ones and
 * whatever stands after the end of the picture.
 */

/**
 * The image without what its file tells besides the picture; colours and orientation stay. It looks
 * the same, is never decoded, and a second pass changes nothing. Of a damaged PNG, JPEG or WebP what
 * is left is the part before the damage; all else, GIF too, comes back as it was.
 */
export function withoutMetadata(image: Uint8Array): Uint8Array {
  switch (imageKind(image)) {
    case "jpg":
      return joinBytes(jpegParts(image));
    case "png":
      return joinBytes(pngParts(image));
    case "webp":
      return webpOf(image);
    case "gif":
    case undefined:
      return image;
  }
}

const START_OF_IMAGE = 0xd8;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const ADOBE = 0xee;
const LAST_APP = 0xef;
const COMMENT = 0xfe;

function jpegParts(image: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [Uint8Array.of(0xff, START_OF_IMAGE)];
  for (let at = 2; at + 4 <= image.length;) {
    const marker = image[at + 1] ?? 0;
    if (image[at] !== 0xff) break;
    if (marker === 0xff) {
      at += 1; // Any number of these may stand before a marker.
      continue;
    }
    const end = at + 2 + uint16(image, at + 2, "big");
    if (marker === END_OF_IMAGE || end > image.length) break;
    const segment = image.subarray(at, end);
    const orientation = marker === APP1 ? orientationOf(segment.subarray(4)) : 1;
    if (orientation !== 1) parts.push(jpegOrientation(orientation));
    if (!isApp(marker) || isNeededApp(marker, segment)) parts.push(segment);
    at = end;
    if (marker === START_OF_SCAN) {
      at = scanEnd(image, end);
      parts.push(image.subarray(end, at));
    }
  }
  return [...parts, Uint8Array.of(0xff, END_OF_IMAGE)];
}

const isApp = (marker: number): boolean =>
  (marker >= APP0 && marker <= LAST_APP) || marker === COMMENT;

/** Density, colour profile, and in which colours the picture is stored. */
function isNeededApp(marker: number, segment: Uint8Array): boolean {
  if (marker === APP0) return ascii(segment, 4, 9) === "JFIF\0";
  if (marker === APP2) return ascii(segment, 4, 16) === "ICC_PROFILE\0";
  return marker === ADOBE && ascii(segment, 4, 9) === "Adobe";
}

/** Where the picture's data ends: at a marker that is neither a stuffed byte nor a restart. */
function scanEnd(image: Uint8Array, from: number): number {
  for (let at = from; at + 1 < image.length; at++) {
    if (image[at] !== 0xff) continue;
    const next = image[at + 1] ?? 0;
    const isData = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!isData) return at;
  }
  return image.length;
}

function jpegOrientation(orientation: number): Uint8Array {
  const exif = exifOf(orientation);
  return joinBytes([Uint8Array.of(0xff, APP1, 0, exif.length + 8), bytesOf("Exif\0\0"), exif]);
}

const PNG_HEAD = 8;

/** Chunks that a picture may depend on, besides the critical ones. */
const PNG_NEEDED = new Set(
  "tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split(" "),
);

function pngParts(image: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [image.subarray(0, PNG_HEAD)];
  for (let at = PNG_HEAD; at + 12 <= image.length;) {
    const end = at + 12 + uint32(image, at, "big");
    if (end > image.length) break;
    const type = ascii(image, at + 4, at + 8);
    const orientation = type === "eXIf" ? orientationOf(image.subarray(at + 8, end - 4)) : 1;
    if (orientation !== 1) parts.push(pngOrientation(orientation));
    if (/^[A-Z]/.test(type) || PNG_NEEDED.has(type)) parts.push(image.subarray(at, end));
    if (type === "IEND") break;
    at = end;
  }
  return parts;
}

function pngOrientation(orientation: number): Uint8Array {
  const exif = exifOf(orientation);
  const named = joinBytes([bytesOf("eXIf"), exif]);
  return joinBytes([uint32Bytes(exif.length, "big"), named, uint32Bytes(crc32(named), "big")]);
}

const WEBP_NEEDED = new Set(["VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"]);

/** Bits of VP8X that say that such a chunk is there. */
const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

function webpOf(image: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let flags: Uint8Array | undefined;
  let orientation = 1;
  const whole = Math.min(image.length, 8 + uint32(image, 4, "little"));
  for (let at = 12; at + 8 <= whole;) {
    const length = uint32(image, at + 4, "little");
    const end = at + 8 + length + (length % 2);
    if (end > whole) break;
    const type = ascii(image, at, at + 4);
    const chunk = image.slice(at, end);
    if (type === "VP8X") flags = chunk;
    if (type === "EXIF") orientation = orientationOf(chunk.subarray(8));
    if (WEBP_NEEDED.has(type)) parts.push(chunk);
    at = end;
  }
  if (flags !== undefined) flags[8] = (flags[8] ?? 0) & ~(HAS_EXIF | HAS_XMP);
  if (flags !== undefined && orientation !== 1) {
    const exif = exifOf(orientation);
    flags[8] = (flags[8] ?? 0) | HAS_EXIF;
    parts.push(joinBytes([bytesOf("EXIF"), uint32Bytes(exif.length, "little"), exif]));
  }
  const body = joinBytes([bytesOf("WEBP"), ...parts]);
  return joinBytes([bytesOf("RIFF"), uint32Bytes(body.length, "little"), body]);
}

type Order = "big" | "little";

const ORIENTATION = 0x0112;
const SHORT = 3;

/** Which side of a picture is up, 1 … 8, by the Exif that `bytes` are or follow a head; 1 without. */
function orientationOf(bytes: Uint8Array): number {
  const exif = ascii(bytes, 0, 6) === "Exif\0\0" ? bytes.subarray(6) : bytes;
  const mark = ascii(exif, 0, 4);
  if (mark !== "II*\0" && mark !== "MM\0*") return 1;
  const order = mark === "II*\0" ? "little" : "big";
  const directory = uint32(exif, 4, order);
  const entries = uint16(exif, directory, order);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > exif.length) return 1;
    if (uint16(exif, at, order) !== ORIENTATION) continue;
    const value = uint16(exif, at + 8, order);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An Exif that tells the orientation and nothing else: one directory with one entry. */
function exifOf(orientation: number): Uint8Array {
  const entry = [0x12, 0x01, SHORT, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  return Uint8Array.of(...bytesOf("II*\0"), 8, 0, 0, 0, 1, 0, ...entry, 0, 0, 0, 0);
}

function uint16(bytes: Uint8Array, at: number, order: Order): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return order === "big" ? first * 256 + second : second * 256 + first;
}

function uint32(bytes: Uint8Array, at: number, order: Order): number {
  const [first, second] = [uint16(bytes, at, order), uint16(bytes, at + 2, order)];
  return order === "big" ? first * 65536 + second : second * 65536 + first;
}

function uint32Bytes(value: number, order: Order): Uint8Array {
  const bytes = Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
  return order === "big" ? bytes : bytes.reverse();
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
