/** How well `query` fits a text, and which characters it met; undefined when it does not. */
export interface Match {
  readonly score: number;
  /** UTF-16 indexes into the text, ascending. */
  readonly positions: readonly number[];
}

const CONSECUTIVE = 12;
const WORD_START = 10;
const BASE_NAME = 6;
const GAP = 1;

/**
 * Matches the characters of `query` in order, preferring starts of words, neighbours, and the part
 * after the last slash. Spaces in the query are ignored. Longer texts lose against shorter ones.
 */
export function fuzzyMatch(query: string, text: string): Match | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s+/g, "");
  if (wanted === "") return { score: 0, positions: [] };
  const lower = text.toLowerCase();
  // Case folding may change the length (İ): then positions would lie, and the text stands as it is.
  const searched = lower.length === text.length ? lower : text;
  const baseStart = text.lastIndexOf("/") + 1;
  const inBase = matchFrom(wanted, searched, text, baseStart, baseStart);
  return inBase ?? matchFrom(wanted, searched, text, 0, baseStart);
}

function matchFrom(
  wanted: string,
  searched: string,
  text: string,
  start: number,
  baseStart: number,
): Match | undefined {
  const positions: number[] = [];
  let score = 0;
  let at = start;
  for (let index = 0; index < wanted.length; index++) {
    const char = wanted.charAt(index);
    const rest = wanted.length - index - 1;
    const found = bestOccurrence(searched, text, char, at, positions.at(-1), rest);
    if (found < 0) return undefined;
    if (positions.at(-1) === found - 1) score += CONSECUTIVE;
    else score -= Math.min(GAP * (found - at), 6);
    if (isWordStart(text, found)) score += WORD_START;
    if (found >= baseStart) score += BASE_NAME;
    positions.push(found);
    at = found + 1;
  }
  return { score: score - text.length / 16, positions };
}

/** The next occurrence, or the start of a later word when that still leaves room for the rest. */
function bestOccurrence(
  searched: string,
  text: string,
  char: string,
  from: number,
  previous: number | undefined,
  rest: number,
): number {
  const next = searched.indexOf(char, from);
  if (next < 0 || previous === next - 1 || isWordStart(text, next)) return next;
  for (let at = next; at >= 0 && at < text.length - rest; at = searched.indexOf(char, at + 1)) {
    if (isWordStart(text, at)) return at;
  }
  return next;
}

function isWordStart(text: string, index: number): boolean {
  if (index === 0) return true;
  const before = text.charAt(index - 1);
  if (/[\s/._\-:]/.test(before)) return true;
  const char = text.charAt(index);
  return char !== char.toLowerCase() && before === before.toLowerCase();
}

export interface Ranked<T> {
  readonly item: T;
  readonly positions: readonly number[];
}

/** The items that fit, best first; of equals the earlier one first. */
export function rank<T>(
  query: string,
  items: readonly T[],
  textOf: (item: T) => string,
  limit: number,
): readonly Ranked<T>[] {
  const found: { item: T; match: Match; index: number }[] = [];
  for (const [index, item] of items.entries()) {
    const match = fuzzyMatch(query, textOf(item));
    if (match !== undefined) found.push({ item, match, index });
  }
  found.sort((a, b) => b.match.score - a.match.score || a.index - b.index);
  return found.slice(0, limit).map(({ item, match }) => ({ item, positions: match.positions }));
}
