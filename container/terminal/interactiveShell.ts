import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Platform } from "../platform.ts";
import type { Session } from "../service.ts";
import type { TerminalRequest } from "./channel.ts";
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

  /** What a session says to the terminal, whatever runs there. True when it is to be answered `ok`. */
  async handle(body: TerminalRequest, from: Session, ref: string): Promise<boolean> {
    switch (body.case) {
      case "ok":
        this.#terminal.acknowledge(from, ref);
        return false;
      case "error":
        return false;
      case "input":
        if (this.#terminal.isRunning) this.#terminal.input(from, body.value);
        else if (/[\r\n]/.test(body.value)) await this.start();
        return true;
      case "resizeTerm":
        this.#terminal.resize(from, body.value.cols, body.value.rows);
        return true;
      case "saneTerm":
        await this.#terminal.sane();
        return true;
      case "PTYConfig":
        await this.#terminal.setPipeMode(body.value.pipeMode);
        return true;
      case "output":
      case "state":
      case "hint":
      case "execInfo":
      case "exitCodeEvent":
        throw new RequestError("bad-request", `bad request: only the container sends ${body.case}`);
      default:
        return body satisfies never;
    }
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
