/**
 * How many columns characters take, for the terminals of both ends: where one would count otherwise,
 * lines would wrap elsewhere than the program that drew them believes. Programs ask their C library,
 * which knows single characters: two columns for emoji and East Asian wide ones, none for what is
 * put over the character before, whatever font draws a sequence as one picture.
 */

/** Ranges of East Asian wide characters that are not emoji. */
const wideRanges: readonly (readonly [from: number, to: number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6b],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d08],
  [0x1aff0, 0x1b2fb],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

// Regional indicators are narrow each; two of them make a flag.
const emoji = /^(?![\u{1f1e6}-\u{1f1ff}])\p{Emoji_Presentation}$/u;
// Hangul vowels and finals are put over the initial; a soft hyphen is shown.
const combining = /^(?!\u00ad)[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]$/u;

function measure(code: number): 0 | 1 | 2 {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 0;
  if (code < 0x300) return 1;
  const character = String.fromCodePoint(code);
  if (combining.test(character)) return 0;
  if (wideRanges.some(([from, to]) => code >= from && code <= to)) return 2;
  return emoji.test(character) ? 2 : 1;
}

/** Widths that have been asked for, each plus one; of the planes that people use. */
const known = new Uint8Array(0x20000);

function widthOf(code: number): 0 | 1 | 2 {
  const found = known[code] ?? 0;
  if (found > 0) return (found - 1) as 0 | 1 | 2;
  const width = measure(code);
  known[code] = width + 1;
  return width;
}

/** For `terminal.unicode.register`, then to be made the `activeVersion`. */
export const unicodeWidths = {
  version: "tandem",
  wcwidth: widthOf,
  /** xterm's packed form: width in bits 1 and 2, in bit 0 whether it joins the character before. */
  charProperties(code: number, preceding: number): number {
    const width = widthOf(code);
    const precedingWidth = (preceding >> 1) & 3;
    if (width > 0 || precedingWidth === 0) return width << 1;
    return (precedingWidth << 1) | 1;
  },
};
