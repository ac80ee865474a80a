import { messageOf } from "#common/lib/errors.ts";
import type { Platform } from "../platform.ts";
import type { Terminal } from "./terminal.ts";

const DIM = "\x1b[2m";
const RED = "\x1b[31m";
const PLAIN = "\x1b[m";

/** The user's shell in a terminal: when it has ended it says so, and starts again on Enter (SH7). */
export class InteractiveShell {
  readonly #platform: Platform;
  readonly #terminal: Terminal;
  readonly #events: { readonly onStart: () => void; readonly onExit: (code: number) => void };
  #starting: Promise<void> | undefined;
  /** Something else is to run in the terminal. */
  #isLeaving = false;

  constructor(
    platform: Platform,
    terminal: Terminal,
    events: { readonly onStart: () => void; readonly onExit: (code: number) => void },
  ) {
    this.#platform = platform;
    this.#terminal = terminal;
    this.#events = events;
  }

  /** Starts it, unless something runs. What goes wrong is said in the terminal. */
  async start(): Promise<void> {
    if (this.#starting === undefined && !this.#terminal.isRunning) {
      this.#isLeaving = false;
      this.#starting = this.#start();
    }
    await this.#starting;
    this.#starting = undefined;
  }

  /** Ends whatever runs, for good and without a word; resolves when it has ended. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await this.#starting;
    await this.#terminal.end("SIGHUP");
  }

  /** Whether what was typed into a terminal without a program asks for one. */
  static asksToStart(text: string): boolean {
    return text.includes("\r") || text.includes("\n");
  }

  async #start(): Promise<void> {
    const onExit = (code: number): void => this.#handleExit(code);
    try {
      const command = this.#platform.processes.shell;
      await this.#terminal.start({ command }, { onExit });
      this.#events.onStart();
    } catch (error) {
      this.#say(`[${messageOf(error)} · press Enter to try again]`, RED);
    }
  }

  #handleExit(code: number): void {
    if (this.#isLeaving) return;
    this.#say(`[exited with ${code} · press Enter to start again]`, code === 0 ? DIM : RED);
    this.#events.onExit(code);
  }

  #say(text: string, style: string): void {
    this.#terminal.writeLine(`${style}${text}${PLAIN}`);
  }
}
