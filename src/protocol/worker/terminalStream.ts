import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { FromWorker, TerminalId } from "../bridge.ts";
import type { TerminalSink } from "../terminal.ts";
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

/** Resets a terminal: what it showed of an earlier life goes, with its modes and its scrollback. */
const RESET = "\x1bc";

type Acknowledge = () => void;

interface Chunk {
  readonly text: string;
  readonly acknowledge: Acknowledge | undefined;
}

/** What was handed over at once, with the acknowledgements that are due when it is drawn. */
interface Piece {
  readonly chars: number;
  readonly acknowledge: readonly Acknowledge[];
}

/**
 * The output of one terminal on its way to the main thread: merged, at most a piece per frame and
 * never more than can be drawn soon. The container is told when its output has been drawn, which is
 * what keeps a program from running ahead of its screen (SH4).
 */
export class TerminalStream implements TerminalSink, OutboxSource {
  readonly #id: TerminalId;
  readonly #outbox: Outbox;
  #pending: Chunk[] = [];
  #pendingChars = 0;
  readonly #undrawn: Piece[] = [];
  #undrawnChars = 0;
  #watched = false;
  /** What is pending is all that belongs on the screen. */
  #isWhole = true;
  /** The screen shows an earlier life. */
  #isStale = false;

  constructor(id: TerminalId, outbox: Outbox) {
    this.#id = id;
    this.#outbox = outbox;
  }

  restart(): void {
    this.#discard();
    this.#isWhole = true;
    this.#isStale = true;
  }

  push(text: string, acknowledge: Acknowledge | undefined): void {
    if (this.#watched) {
      this.#append({ text, acknowledge });
      this.#offer();
      return;
    }
    // Nobody waits for what nobody looks at, least of all the program.
    acknowledge?.();
    if (!this.#isWhole) return;
    this.#append({ text, acknowledge: undefined });
    if (this.#pendingChars <= MAX_UNWATCHED_CHARS) return;
    this.#discard();
    this.#isWhole = false;
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
    if (budget <= 0 || this.#pendingChars === 0) return undefined;
    const piece = this.#cut(budget);
    // The budget had room for half a character only.
    if (piece.text === "") return undefined;
    const text = this.#isStale ? RESET + piece.text : piece.text;
    this.#isStale = false;
    this.#isWhole = false;
    this.#undrawn.push({ chars: piece.text.length, acknowledge: piece.acknowledge });
    this.#undrawnChars += piece.text.length;
    this.#offer();
    return { kind: "output", terminal: this.#id, bytes: encodeUtf8(text) };
  }

  #append(chunk: Chunk): void {
    this.#pending.push(chunk);
    this.#pendingChars += chunk.text.length;
  }

  #offer(): void {
    const hasCredit = this.#undrawnChars < MAX_UNDRAWN_CHARS;
    if (this.#watched && hasCredit && this.#pendingChars > 0) this.#outbox.offer(this);
  }

  /** Takes at most `budget` characters from the front. */
  #cut(budget: number): { readonly text: string; readonly acknowledge: readonly Acknowledge[] } {
    const texts: string[] = [];
    const acknowledge: Acknowledge[] = [];
    let left = budget;
    let whole = 0;
    for (const chunk of this.#pending) {
      if (chunk.text.length > left) break;
      texts.push(chunk.text);
      if (chunk.acknowledge !== undefined) acknowledge.push(chunk.acknowledge);
      left -= chunk.text.length;
      whole += 1;
    }
    this.#pending.splice(0, whole);
    const [first] = this.#pending;
    if (first !== undefined && left > 0) {
      const end = endBefore(first.text, left);
      texts.push(first.text.slice(0, end));
      this.#pending[0] = { text: first.text.slice(end), acknowledge: first.acknowledge };
    }
    const text = texts.join("");
    this.#pendingChars -= text.length;
    return { text, acknowledge };
  }

  /** Forgets what is pending, which is as good as drawn: nobody will see it. */
  #discard(): void {
    const discarded = this.#pending;
    this.#pending = [];
    this.#pendingChars = 0;
    for (const { acknowledge } of discarded) acknowledge?.();
  }
}

/** Where to cut `text` at or just before `index` without cutting a surrogate pair. */
function endBefore(text: string, index: number): number {
  const isPair = (text.charCodeAt(index - 1) & 0xfc00) === 0xd800;
  return isPair ? index - 1 : index;
}
