import { ParserState } from "./parserState.ts";
import { StyleChange } from "./style.ts";

/**
 * Output on its way to a terminal, without what nobody would ever see: text that must have scrolled
 * out of screen and scrollback again before the terminal is looked at next.
 *
 *     pushed   . . . . . . . . . . | = = = = = = = = = = = = = = = = | - - -
 *              dropped, but for the  scrolls through all of screen     the last,
 *              style that it set     and scrollback                    unfinished line
 *
 * Only lines of printable text, tabs and changes of style are dropped, at the end of a line, when
 * enough lines of the same kind follow: they push out whatever they were preceded by, so that screen,
 * scrollback and cursor come out the same. Everything else is kept.
 */
export class OutputSkimmer {
  #rows: number;
  readonly #scrollbackLines: number;
  readonly #parser = new ParserState();

  /** Pending text that has to stay, in order. */
  #kept: string[] = [];
  /** What follows it: pieces that may be dropped from the front, while the others suffice. */
  #run: Piece[] = [];
  #runStart = 0;
  #runLines = 0;
  /** The style that dropped pieces have set, for the first of the run. */
  #style = new StyleChange();
  /** What follows the last end of a line, not looked at yet. */
  #tail = "";

  #length = 0;
  #pushed = 0;
  /** Where in the stream the kept text begins. */
  #keptFrom = 0;

  constructor(size: { readonly rows: number; readonly scrollbackLines: number }) {
    this.#rows = size.rows;
    this.#scrollbackLines = size.scrollbackLines;
  }

  /** How many characters wait to be taken. */
  get length(): number {
    return this.#length;
  }

  /**
   * How many characters of the stream are settled: all before this one have been taken, or need no
   * drawing any more.
   */
  get settled(): number {
    if (this.#kept.length > 0) return this.#keptFrom;
    return this.#run[this.#runStart]?.from ?? this.#pushed - this.#tail.length;
  }

  /** The terminal has got another size. Take what is pending before: it was meant for the old one. */
  resize(rows: number): void {
    this.#rows = rows;
  }

  push(text: string): void {
    if (text === "") return;
    let from = this.#pushed;
    this.#pushed += text.length;
    this.#length += text.length;
    const end = endOfLines(text, this.#tail);
    let at = 0;
    if (end > 0 && this.#tail !== "") {
      // The line that was begun is a piece of its own: putting all together would copy all.
      at = endOfLine(text, this.#tail);
      from -= this.#tail.length;
      const line = this.#tail + text.slice(0, at);
      this.#tail = "";
      this.#add(line, from);
      from += line.length - at;
    }
    while (at < end) {
      const next = endOfPiece(text, at, end);
      this.#add(text.slice(at, next), from + at);
      at = next;
    }
    this.#tail += text.slice(at);
    if (this.#tail.length > MAX_LINE_CHARS) this.#addTail();
  }

  /** Everything that is pending, for the terminal. */
  take(): string {
    this.#addTail();
    this.#keepRun();
    const text = this.#kept.join("");
    this.#kept = [];
    this.#length = 0;
    return text;
  }

  #add(text: string, from: number): void {
    const piece = this.#parser.isPlain ? readPlain(text, from) : undefined;
    if (piece === undefined) {
      this.#parser.read(text, this.#rows);
      this.#keepRun();
      this.#keep(text, from);
      return;
    }
    this.#run.push(piece);
    this.#runLines += piece.lines;
    this.#drop();
  }

  /** Drops from the front of the run what the rest of it pushes out. */
  #drop(): void {
    // The lines that fill screen and scrollback, and before them those that may be written over old
    // text, on the way from wherever the cursor is to the bottom.
    const needed = this.#scrollbackLines + 2 * this.#rows;
    for (;;) {
      const first = this.#run[this.#runStart];
      if (first === undefined || this.#runLines - first.lines < needed) break;
      // What of it has been added does no harm: the text itself sets it again.
      if (!addStyle(this.#style, first)) return this.#keepRun();
      this.#runLines -= first.lines;
      this.#length -= first.text.length;
      this.#runStart++;
    }
    // Not each time: moving the rest to the front costs as much as it has pieces.
    if (this.#runStart > this.#run.length / 2) {
      this.#run.splice(0, this.#runStart);
      this.#runStart = 0;
    }
  }

  /** Makes all of the run text that has to stay: something follows that it cannot push out. */
  #keepRun(): void {
    const first = this.#run[this.#runStart];
    if (first === undefined) return;
    this.#keep(this.#style.toString(), first.from);
    for (const { text, from } of this.#run.slice(this.#runStart)) this.#keep(text, from);
    this.#run = [];
    this.#runStart = 0;
    this.#runLines = 0;
    this.#style = new StyleChange();
  }

  #keep(text: string, from: number): void {
    if (text === "") return;
    if (this.#kept.length === 0) this.#keptFrom = from;
    this.#kept.push(text);
  }

  #addTail(): void {
    if (this.#tail === "") return;
    const text = this.#tail;
    this.#tail = "";
    if (!this.#parser.isPlain || readPlain(text, 0) === undefined) {
      this.#parser.read(text, this.#rows);
    }
    this.#keepRun();
    this.#keep(text, this.#pushed - text.length);
  }
}

/** Whole lines, small enough that what a run holds too much does not matter. */
const PIECE_CHARS = 4096;
/** A line longer than this is not waited for: whoever looks for its end looks at all of it again. */
const MAX_LINE_CHARS = 64 * 1024;

/** Text that leaves no trace once it has scrolled out, but for the style that it sets. */
interface Piece {
  readonly text: string;
  /** Where in the stream it begins. */
  readonly from: number;
  /** Line feeds, each of which scrolls once the cursor is at the bottom. */
  readonly lines: number;
  /** Where in the text the sequences begin that make up its style; undefined when it has none. */
  readonly styleFrom: number | undefined;
}

/** The index after the last end of a line, which `tail`, the text before, may have begun; or 0. */
function endOfLines(text: string, tail: string): number {
  const at = text.lastIndexOf("\r\n");
  if (at >= 0) return at + 2;
  return text.startsWith("\n") && tail.endsWith("\r") ? 1 : 0;
}

/** The same for the first. */
function endOfLine(text: string, tail: string): number {
  return text.startsWith("\n") && tail.endsWith("\r") ? 1 : text.indexOf("\r\n") + 2;
}

/** Where to cut whole lines. */
function endOfPiece(text: string, from: number, end: number): number {
  if (end - from <= PIECE_CHARS) return end;
  const at = text.lastIndexOf("\r\n", from + PIECE_CHARS - 2);
  return at >= from ? at + 2 : text.indexOf("\r\n", from) + 2;
}

/** Anything but printable text, tabs and ends of lines. */
// oxlint-disable-next-line no-control-regex -- finding control characters is what it is for
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const ESC = 0x1b;
const BRACKET = 0x5b;
const LOWER_M = 0x6d;
const UPPER_K = 0x4b;

/** Reads text that must hold nothing but lines and styles; undefined when it holds more. */
function readPlain(text: string, from: number): Piece | undefined {
  let styleFrom: number | undefined;
  control.lastIndex = 0;
  while (control.test(text)) {
    const escape = control.lastIndex - 1;
    const end = endOfSequence(text, escape);
    if (end < 0) return undefined;
    // Erasing within a line (K) leaves no trace outside of it.
    if (text.charCodeAt(end) === LOWER_M) {
      const isReset = end === escape + 2 || (end === escape + 3 && text[escape + 2] === "0");
      if (isReset) styleFrom = escape;
      else styleFrom ??= escape;
    }
    control.lastIndex = end + 1;
  }
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return { text, from, lines, styleFrom };
}

/** The index of the end of a sequence that sets the style or erases in a line; -1 for any other. */
function endOfSequence(text: string, escape: number): number {
  if (text.charCodeAt(escape) !== ESC || text.charCodeAt(escape + 1) !== BRACKET) return -1;
  for (let i = escape + 2; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === LOWER_M || code === UPPER_K) return i;
    // Digits, ":" and ";".
    if (code < 0x30 || code > 0x3b) return -1;
  }
  return -1;
}

/** Adds what a piece does to the style; false when we do not know all of it. */
function addStyle(style: StyleChange, { text, styleFrom }: Piece): boolean {
  let escape = styleFrom ?? -1;
  while (escape >= 0) {
    const end = endOfSequence(text, escape);
    if (text.charCodeAt(end) === LOWER_M && !style.add(text.slice(escape + 2, end))) return false;
    escape = text.indexOf("\x1b", end);
  }
  return true;
}
