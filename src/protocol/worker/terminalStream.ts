import { encodeUtf8 } from "#common/lib/utf8.ts";
import { OutputSkimmer } from "#common/terminal/skim.ts";
import type { FromWorker, TerminalId } from "../bridge.ts";
import type { TerminalSink, TerminalSize } from "../terminal.ts";
import type { Outbox, OutboxSource } from "./outbox.ts";

/** Handed over in one frame. Larger pieces make frames of over 100 ms, smaller ones cost more. */
export const MAX_PIECE_CHARS = 64 * 1024;

/**
 * Handed over and not yet drawn: one piece being drawn and one to go on with. More would only have
 * to be drawn before Ctrl+C shows.
 */
const MAX_UNDRAWN_CHARS = 2 * MAX_PIECE_CHARS;

/** Kept while nobody looks; a terminal that has said more is asked for its screen again. */
const MAX_UNWATCHED_CHARS = 256 * 1024;

/**
 * What screens show at most: lines that must have scrolled out of it are not drawn. A larger figure
 * than the true one costs a little drawing, a smaller one would lose lines.
 */
const SCREEN = { rows: 200, scrollbackLines: 1000 };

/** Resets a terminal: what it showed of an earlier life goes, with its modes and its scrollback. */
const RESET = "\x1bc";

type Acknowledge = () => void;

/** What was handed over at once, with the acknowledgements that are due when it is drawn. */
interface Piece {
  readonly chars: number;
  readonly acknowledge: Acknowledge[];
}

/** Output that was taken in before the terminal's size changed again. */
interface Stretch {
  text: string;
  /** The size from before the text on, when it is another. */
  size: TerminalSize | undefined;
}

/**
 * The output of one terminal on its way to the main thread: merged, without what nobody would see,
 * at most a piece per frame and never more than can be drawn soon. The container is told when its
 * output has been drawn, which is what keeps a program from running ahead of its screen (SH4).
 */
export class TerminalStream implements TerminalSink, OutboxSource {
  readonly #id: TerminalId;
  readonly #outbox: Outbox;
  /** What has not been looked at for handing over, and what has and did not fit yet. */
  #pending = new OutputSkimmer(SCREEN);
  #next: Stretch[] = [];
  /** Due once the stream is settled up to `end`, which counts the characters pushed. */
  #due: { readonly end: number; readonly acknowledge: Acknowledge }[] = [];
  #pushed = 0;
  readonly #undrawn: Piece[] = [];
  #undrawnChars = 0;
  #watched = false;
  /** What is here is all that belongs on the screen. */
  #isWhole = true;
  /** The screen shows an earlier life. */
  #isStale = false;
  /** As the container told it last; undefined while it has told none. */
  #size: TerminalSize | undefined;

  constructor(id: TerminalId, outbox: Outbox) {
    this.#id = id;
    this.#outbox = outbox;
  }

  restart(): void {
    this.#discard();
    this.#isWhole = true;
    this.#isStale = true;
  }

  resize(size: TerminalSize): void {
    this.#size = size;
    if (this.#watched) this.#lay(size);
  }

  push(text: string, acknowledge?: Acknowledge): void {
    if (!this.#watched) {
      // Nobody waits for what nobody looks at, least of all the program.
      acknowledge?.();
      if (!this.#isWhole) return;
    } else if (acknowledge !== undefined) {
      this.#due.push({ end: this.#pushed + text.length, acknowledge });
    }
    this.#pushed += text.length;
    this.#pending.push(text);
    if (this.#watched) {
      this.#acknowledgeSkimmed();
      this.#offer();
    } else if (this.#pending.length > MAX_UNWATCHED_CHARS) {
      this.#discard();
      this.#isWhole = false;
    }
  }

  /**
   * Somebody begins or ends looking. Answers whether everything that belongs on the screen is here;
   * while nobody looks, output is not kept for long.
   */
  watch(watched: boolean): boolean {
    this.#watched = watched;
    if (!watched) {
      this.#discard();
      this.#isWhole = false;
      return true;
    }
    // Whatever is pending was made for this size.
    if (this.#size !== undefined) this.#next.push({ text: "", size: this.#size });
    this.#offer();
    return this.#isWhole;
  }

  /** The oldest piece that was handed over is on the screen. */
  handleDrawn(): void {
    const piece = this.#undrawn.shift();
    if (piece === undefined) return;
    this.#undrawnChars -= piece.chars;
    for (const acknowledge of piece.acknowledge) acknowledge();
    this.#offer();
  }

  take(): FromWorker | undefined {
    if (!this.#watched) return undefined;
    const budget = Math.min(MAX_PIECE_CHARS, MAX_UNDRAWN_CHARS - this.#undrawnChars);
    if (budget <= 0) return undefined;
    const first = this.#next[0] ?? { text: "", size: undefined };
    if (this.#next.length <= 1 && first.text === "") first.text = this.#pending.take();
    const { text: rest, size } = first;
    const end = rest.length <= budget ? rest.length : endBefore(rest, budget);
    if (end === 0 && size === undefined) return undefined;
    const text = rest.slice(0, end);
    this.#next.splice(0, 1);
    if (end < rest.length) this.#next.unshift({ text: rest.slice(end), size: undefined });
    // All that was taken from the stream is drawn with the last piece of it.
    const piece = { chars: end, acknowledge: this.#next.length === 0 ? this.#takeDue() : [] };
    this.#undrawn.push(piece);
    this.#undrawnChars += end;
    this.#isWhole = false;
    this.#offer();
    const reset = this.#isStale ? RESET : "";
    this.#isStale = false;
    const bytes = encodeUtf8(reset + text);
    return { kind: "output", terminal: this.#id, bytes, ...(size === undefined ? {} : { size }) };
  }

  /** What follows is for a terminal of that size, what is pending for one of the size before. */
  #lay(size: TerminalSize): void {
    const text = this.#pending.take();
    const last = this.#next.at(-1);
    if (last?.text === "") last.text = text;
    else if (text !== "") this.#next.push({ text, size: undefined });
    // Of several sizes without output in between, the last one will do.
    const before = this.#next.at(-1);
    if (before?.text === "") before.size = size;
    else this.#next.push({ text: "", size });
    this.#offer();
  }

  #offer(): void {
    const hasCredit = this.#undrawnChars < MAX_UNDRAWN_CHARS;
    const hasOutput = this.#next.length > 0 || this.#pending.length > 0;
    if (this.#watched && hasCredit && hasOutput) this.#outbox.offer(this);
  }

  /** Output that was skimmed off is as good as drawn, when all before it is. */
  #acknowledgeSkimmed(): void {
    if (this.#due.length === 0 || this.#next.length > 0) return;
    const acknowledge = this.#takeDue();
    const last = this.#undrawn.at(-1);
    if (last !== undefined) last.acknowledge.push(...acknowledge);
    else for (const call of acknowledge) call();
  }

  /** The acknowledgements that wait for nothing that is still pending. */
  #takeDue(): Acknowledge[] {
    const { settled } = this.#pending;
    const first = this.#due.findIndex(({ end }) => end > settled);
    const taken = this.#due.splice(0, first < 0 ? this.#due.length : first);
    return taken.map(({ acknowledge }) => acknowledge);
  }

  /** Forgets what is here, which is as good as drawn: nobody will see it. */
  #discard(): void {
    const due = this.#due;
    this.#pending = new OutputSkimmer(SCREEN);
    this.#next = [];
    this.#due = [];
    this.#pushed = 0;
    for (const { acknowledge } of due) acknowledge();
  }
}

/** Where to cut `text` at or just before `index` without cutting a surrogate pair. */
function endBefore(text: string, index: number): number {
  const isPair = (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
  return isPair ? index - 1 : index;
}
