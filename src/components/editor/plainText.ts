/** One replacement, in UTF-16 code units. */
interface Change {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: string;
}

/** The one replacement that makes `after` of `before`, or undefined when they are equal. */
export function changeBetween(before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  // Never between the halves of one character: on the wire positions count characters.
  if (isLowHalf(before, start) || isLowHalf(after, start)) start--;
  if (isLowHalf(before, before.length - end) || isLowHalf(after, after.length - end)) end--;
  return {
    offset: start,
    deleteLength: before.length - end - start,
    insert: after.slice(start, after.length - end),
  };
}

function isLowHalf(text: string, offset: number): boolean {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/**
 * An offset in a text whose CRLFs are drawn as LF, as one in the file's text (`to-file`), or the
 * other way round (`to-shown`).
 */
export function moveOffset(text: string, offset: number, way: "to-file" | "to-shown"): number {
  let pairs = 0;
  let at = text.indexOf("\r\n");
  while (at >= 0) {
    const limit = way === "to-file" ? offset + pairs : offset;
    if (at >= limit) break;
    pairs++;
    at = text.indexOf("\r\n", at + 2);
  }
  return way === "to-file" ? offset + pairs : offset - pairs;
}

/** Line and column, from 1, of an offset in a text with LF. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
}

/** The offset of a line and a column, from 1; beyond the end of a line is its end. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let number = 1; number < line; number++) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  const end = text.indexOf("\n", start);
  return Math.min(start + column - 1, end < 0 ? text.length : end);
}
