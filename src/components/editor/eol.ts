/** Line ends of one text: the one that Monaco's model uses, and whether all are that one. */
export type Eol =
  | { readonly kind: "uniform"; readonly eol: "\n" | "\r\n" }
  /** Several kinds stand in the file; the model shows `\n` for each, `inserted` is what Enter types. */
  | { readonly kind: "mixed"; readonly inserted: "\n" | "\r\n" };

/** One replacement, by UTF-16 offsets of the text before. */
export interface Change {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: string;
}

/** What kind of line ends `text` has; one without any gets `\n`. */
export function eolOf(text: string): Eol {
  if (!text.includes("\r")) return { kind: "uniform", eol: "\n" };
  let pairs = 0;
  let single = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED) {
      pairs++;
      at++;
    } else if (code === CARRIAGE_RETURN || code === LINE_FEED) {
      single++;
    }
  }
  if (single === 0) return { kind: "uniform", eol: "\r\n" };
  return { kind: "mixed", inserted: pairs > single ? "\r\n" : "\n" };
}

/** Whether `insert` would leave a text of this `eol` uniform. */
export function keepsUniform(insert: string, eol: "\n" | "\r\n"): boolean {
  if (eol === "\n") return !insert.includes("\r");
  return !/\r(?!\n)|(?<!\r)\n/.test(insert);
}

/** The text as the model shows it. */
export function toModelText(text: string, eol: Eol): string {
  return eol.kind === "uniform" ? text : text.replaceAll(/\r\n?/g, "\n");
}

/**
 * Offsets of the model's text as offsets of a mixed file: each line end of two characters before an
 * offset adds one. Takes a change made on the model and hands back the one to make on the file.
 */
export function toFileChange(fileText: string, change: Change, inserted: "\n" | "\r\n"): Change {
  const offset = toFileOffset(fileText, change.offset);
  const end = toFileOffset(fileText, change.offset + change.deleteLength);
  return {
    offset,
    deleteLength: end - offset,
    insert: change.insert.replaceAll(/\r\n?|\n/g, inserted),
  };
}

/** An offset of the model's text as one of the mixed file. */
export function toFileOffset(fileText: string, modelOffset: number): number {
  let offset = modelOffset;
  for (let pair = fileText.indexOf("\r\n"); pair >= 0; pair = fileText.indexOf("\r\n", pair + 2)) {
    if (pair >= offset) break;
    offset++;
  }
  return offset;
}

/** An offset of the mixed file as one of the model's text. */
export function toModelOffset(fileText: string, fileOffset: number): number {
  let offset = fileOffset;
  for (let pair = fileText.indexOf("\r\n"); pair >= 0; pair = fileText.indexOf("\r\n", pair + 2)) {
    if (pair >= fileOffset) break;
    offset--;
  }
  return offset;
}

/** The one replacement that turns `before` into `after`, as small as its ends allow. */
export function difference(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  // No end may cut a surrogate pair in two.
  if (isLowSurrogate(before.charCodeAt(start)) || isLowSurrogate(after.charCodeAt(start))) {
    start = Math.max(0, start - 1);
  }
  if (tail > 0 && isLowSurrogate(before.charCodeAt(before.length - tail))) tail--;
  return {
    offset: start,
    deleteLength: before.length - tail - start,
    insert: after.slice(start, after.length - tail),
  };
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
