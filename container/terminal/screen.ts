import { Terminal } from "@xterm/headless";
import { OutputSkimmer } from "#common/terminal/skim.ts";
import { unicodeWidths } from "#common/terminal/width.ts";
import { snapshotOf } from "./snapshot.ts";
import { internalsOf } from "./xtermInternals.ts";

/** Lines above the screen that a terminal remembers (SH3). */
export const SCROLLBACK_LINES = 1000;

/**
 * Output that may wait to be read into the screen, in characters. Reading is slow (some 20 MB/s) and
 * mostly needless: nobody looks until the next one joins, and lines that scroll away are skimmed
 * off. The bound keeps a look, and what is waiting, below some 10 ms and a few hundred kilobytes.
 */
const MAX_PENDING_CHARS = 256 * 1024;

/** What a terminal shows, kept by its container so that whoever joins sees the same as the others. */
export class Screen {
  #cols: number;
  #rows: number;
  readonly #pending: OutputSkimmer;
  /** Made when something has to be read. */
  #terminal: Terminal | undefined;
  #title = "";

  constructor(size: { readonly cols: number; readonly rows: number }) {
    this.#cols = size.cols;
    this.#rows = size.rows;
    this.#pending = new OutputSkimmer({ rows: size.rows, scrollbackLines: SCROLLBACK_LINES });
  }

  /** Takes output in. Returns whether that was work: it had to be read. */
  write(text: string): boolean {
    this.#pending.push(text);
    if (this.#pending.length <= MAX_PENDING_CHARS) return false;
    this.#read();
    return true;
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#cols && rows === this.#rows) return;
    // What was written before was meant for the old size.
    if (this.#pending.length > 0) this.#read();
    this.#cols = cols;
    this.#rows = rows;
    this.#pending.resize(rows);
    this.#terminal?.resize(cols, rows);
  }

  /** Output that makes a new terminal of this size equal to this one; empty when nothing was written. */
  snapshot(): string {
    const terminal = this.#current();
    if (terminal === undefined) return "";
    const title = this.#title === "" ? "" : `\x1b]2;${this.#title}\x1b\\`;
    return snapshotOf(terminal) + title;
  }

  get isAlternate(): boolean {
    return this.#current()?.buffer.active.type === "alternate";
  }

  /**
   * Output that clears screen and scrollback but for the line of the cursor, which goes to the top:
   * a prompt that waits there is not drawn again. On an alternate screen the program clears itself.
   */
  clearSequence(): string {
    const buffer = this.#current()?.buffer.active;
    if (buffer === undefined || buffer.type === "alternate") return "";
    const { cursorX, cursorY } = buffer;
    const up = cursorY === 0 ? "" : `\x1b[H\x1b[${cursorY}M`;
    return `${up}\x1b[2;1H\x1b[J\x1b[3J\x1b[1;${cursorX + 1}H`;
  }

  dispose(): void {
    this.#terminal?.dispose();
  }

  /** The terminal with everything read; undefined when nothing was ever written. */
  #current(): Terminal | undefined {
    if (this.#pending.length > 0) this.#read();
    return this.#terminal;
  }

  #read(): void {
    this.#terminal ??= this.#create();
    internalsOf(this.#terminal).writeSync(this.#pending.take());
  }

  #create(): Terminal {
    const terminal = new Terminal({
      cols: this.#cols,
      rows: this.#rows,
      scrollback: SCROLLBACK_LINES,
      allowProposedApi: true,
      logLevel: "off",
    });
    terminal.unicode.register(unicodeWidths);
    terminal.unicode.activeVersion = unicodeWidths.version;
    terminal.onTitleChange((title) => (this.#title = title));
    return terminal;
  }
}
