import type { Channel } from "./channel.ts";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** Where the output of one terminal goes, on its way to the screen. */
export interface TerminalSink {
  /** A new life of the channel: what follows is the screen as it is, then what happens to it. */
  restart(): void;
  /** The terminal has another size from here on. */
  resize(size: TerminalSize): void;
  /** `acknowledge` is called once, when the text has been drawn or needs no drawing any more. */
  push(text: string, acknowledge?: () => void): void;
}

/**
 * Keystrokes kept for a terminal that is not there at the moment. More than a few lines typed into
 * the void are a mistake rather than an intention.
 */
const MAX_WAITING_INPUT_CHARS = 4_096;

/** What shells and the console have in common: a screen, a keyboard and a size. */
export class Terminal {
  readonly #channel: Channel<"shell"> | Channel<"run">;
  readonly #sink: TerminalSink;
  /** What there is room for here; whether it counts is the container's to say (SH6). */
  #size: TerminalSize | undefined;
  #waitingInput = "";

  constructor(channel: Channel<"shell"> | Channel<"run">, sink: TerminalSink) {
    this.#channel = channel;
    this.#sink = sink;
  }

  attached(): void {
    this.#sink.restart();
    if (this.#size !== undefined) this.#channel.send({ case: "resizeTerm", value: this.#size });
    if (this.#waitingInput !== "") {
      this.#channel.send({ case: "input", value: this.#waitingInput });
      this.#waitingInput = "";
    }
  }

  /** Asks for the whole screen once more. */
  reopen(): void {
    this.#channel.reopen();
  }

  handleOutput(text: string, ref: string): void {
    this.#sink.push(text, ref === "" ? undefined : () => this.#channel.acknowledge(ref));
  }

  handleSize({ cols, rows }: TerminalSize): void {
    if (cols > 0 && rows > 0) this.#sink.resize({ cols, rows });
  }

  input(text: string): void {
    if (this.#channel.isOpen) {
      this.#channel.send({ case: "input", value: text });
    } else if (this.#waitingInput.length + text.length <= MAX_WAITING_INPUT_CHARS) {
      this.#waitingInput += text;
    }
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#channel.send({ case: "resizeTerm", value: { rows, cols } });
  }

  sane(): void {
    this.#channel.send({ case: "saneTerm", value: {} });
  }
}
