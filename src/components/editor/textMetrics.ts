/**
 * The measures that the plain text has in common with Monaco, so that nothing moves when one takes
 * the other's place.
 */
export function lineHeightPx(fontPx: number): number {
  return Math.round(fontPx * 1.5);
}

/** Digits that line numbers have room for. */
export const NUMBER_CHARS = 4;
/** Between the numbers and the text, beside what Monaco adds for the signs of folding. */
export const GUTTER_PX = 8;
export const FOLDING_PX = 16;
/** Above the first line; names at remote carets stand there too. */
export const PADDING_PX = 8;
