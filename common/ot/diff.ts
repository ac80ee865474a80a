import fastDiff from "fast-diff";
import { codePointLength, normalize, type Component, type Op } from "./op.ts";

/**
 * Longest pair of texts, in UTF-16 units of both together, that is compared character by character.
 * That takes time with the square of their difference: about 10 ms at this size when nothing is
 * alike.
 */
const MAX_FINE_UNITS = 2000;

/**
 * An op that makes `to` of `from`, in time near their length. It keeps what both begin and end
 * with, then lines that both hold once, then characters where little is left; between those it
 * replaces. A program that rewrites a file thus moves nobody's caret more than it must.
 */
export function diff(from: string, to: string): Op {
  const components: Component[] = [];
  compare(from, to, components);
  return normalize(components);
}

function compare(from: string, to: string, out: Component[]): void {
  const start = commonStart(from, to);
  const end = commonEnd(from, to, start);
  const middleFrom = from.slice(start, from.length - end);
  const middleTo = to.slice(start, to.length - end);
  keep(from.slice(0, start), out);
  if (middleFrom === "" || middleTo === "") replace(middleFrom, middleTo, out);
  else if (middleFrom.length + middleTo.length <= MAX_FINE_UNITS) fine(middleFrom, middleTo, out);
  else byLines(middleFrom, middleTo, out);
  keep(from.slice(from.length - end), out);
}

function fine(from: string, to: string, out: Component[]): void {
  const code = new UnitCode();
  for (const [kind, coded] of alike(from, to, code)) {
    // One unit is one code point now.
    if (kind === fastDiff.EQUAL) out.push(coded.length);
    else if (kind === fastDiff.INSERT) out.push(code.decode(coded));
    else out.push(-coded.length);
  }
}

/** What two texts have in common. White space is none where they have anything else. */
function alike(from: string, to: string, code: UnitCode): readonly fastDiff.Diff[] {
  const all = fastDiff(code.encode(from), code.encode(to));
  const common = all.filter(([kind]) => kind === fastDiff.EQUAL);
  if (common.length === 0 || !common.every(([, coded]) => isWhite(code.decode(coded)))) return all;
  const black = fastDiff(code.encode(from, "from"), code.encode(to, "to"));
  return black.some(([kind]) => kind === fastDiff.EQUAL) ? black : all;
}

function isWhite(text: string): boolean {
  return text.trim() === "";
}

/**
 * Writes each code point as one UTF-16 unit. The comparison goes by units: it would find that two
 * emoji have their first halves in common, and give up true likeness for that.
 */
class UnitCode {
  readonly #units = new Map<string, string>();
  readonly #points = new Map<string, string>();

  /** With a name for the text, its white space is unlike that of others. */
  encode(text: string, name = ""): string {
    let coded = "";
    for (const point of text) {
      const key = isWhite(point) ? name + point : point;
      let unit = this.#units.get(key);
      if (unit === undefined) {
        unit = String.fromCharCode(this.#units.size);
        this.#units.set(key, unit);
        this.#points.set(unit, point);
      }
      coded += unit;
    }
    return coded;
  }

  decode(coded: string): string {
    let text = "";
    for (const unit of coded) text += this.#points.get(unit) ?? "";
    return text;
  }
}

/** Holds on to lines that stand once in both texts and in one order, and compares between them. */
function byLines(from: string, to: string, out: Component[]): void {
  const anchors = inOrder(sharedLines(from, to));
  if (anchors.length === 0) return replace(from, to, out);
  let fromAt = 0;
  let toAt = 0;
  for (const { fromStart, toStart, line } of anchors) {
    compare(from.slice(fromAt, fromStart), to.slice(toAt, toStart), out);
    keep(line, out);
    fromAt = fromStart + line.length;
    toAt = toStart + line.length;
  }
  compare(from.slice(fromAt), to.slice(toAt), out);
}

interface Anchor {
  readonly line: string;
  readonly fromStart: number;
  readonly toStart: number;
}

/** Lines that stand exactly once in each text, in the order of `from`. */
function sharedLines(from: string, to: string): readonly Anchor[] {
  const toStarts = onceIn(to);
  const anchors: Anchor[] = [];
  for (const [line, fromStart] of onceIn(from)) {
    const toStart = toStarts.get(line);
    if (toStart !== undefined) anchors.push({ line, fromStart, toStart });
  }
  return anchors.sort((a, b) => a.fromStart - b.fromStart);
}

/** Where each line that stands once in `text` begins; lines include their ends. */
function onceIn(text: string): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  const repeated = new Set<string>();
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, end);
    if (starts.has(line)) repeated.add(line);
    else starts.set(line, start);
    start = end;
  }
  for (const line of repeated) starts.delete(line);
  return starts;
}

/** The longest choice of anchors that stand in one order in both texts (patience sorting). */
function inOrder(anchors: readonly Anchor[]): readonly Anchor[] {
  interface Link {
    readonly anchor: Anchor;
    readonly before: Link | undefined;
  }
  /** `piles[n]` ends the choice of n + 1 anchors that ends earliest in `to`. */
  const piles: Link[] = [];
  for (const anchor of anchors) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((piles[middle]?.anchor.toStart ?? 0) < anchor.toStart) low = middle + 1;
      else high = middle;
    }
    piles[low] = { anchor, before: piles[low - 1] };
  }
  const chosen: Anchor[] = [];
  for (let link = piles.at(-1); link !== undefined; link = link.before) chosen.push(link.anchor);
  return chosen.reverse();
}

function keep(text: string, out: Component[]): void {
  if (text !== "") out.push(codePointLength(text));
}

function replace(from: string, to: string, out: Component[]): void {
  if (from !== "") out.push(-codePointLength(from));
  if (to !== "") out.push(to);
}

/** UTF-16 units that both texts begin with, without half a surrogate pair. */
function commonStart(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length > 0 && isHigh(a.charCodeAt(length - 1)) ? length - 1 : length;
}

/** The same for the ends, beside a common start of `start`. */
function commonEnd(a: string, b: string, start: number): number {
  const limit = Math.min(a.length, b.length) - start;
  let length = 0;
  while (
    length < limit &&
    a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)
  ) {
    length++;
  }
  return length > 0 && isLow(a.charCodeAt(a.length - length)) ? length - 1 : length;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
