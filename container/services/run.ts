import { messageOf, RequestError } from "#common/lib/errors.ts";
import { randomId } from "#common/lib/random.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { State } from "#common/wire/enums.ts";
import type { Reply, Service, ServiceContext, ServiceDefinition, Session } from "../service.ts";
import { InteractiveShell } from "../terminal/interactiveShell.ts";
import { Terminal } from "../terminal/terminal.ts";
import { HintFinder } from "./run/hints.ts";
import { findProgram } from "./run/program.ts";

/** The program that everybody runs, stops and watches together, with a shell in between (RU1). */
export const run: ServiceDefinition<"run"> = {
  service: "run",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["ok", "resizeTerm"]),
  // A program goes on when nobody looks, for as long as the container does.
  lingerMs: Number.POSITIVE_INFINITY,
  async create(context) {
    const service = new Run(context);
    await service.start();
    return service;
  },
};

interface ExecInfo {
  readonly command: string[];
  readonly reason: string;
}

/** Home, erase the screen, erase the scrollback: what clients of old look for, too. */
const CLEAR = "\x1b[H\x1b[2J\x1b[3J";
/** The prompt of the console; official fonts draw an arrow for it. */
const PROMPT = "\x1b[33m\uEEA7\x1b[m";

class Run implements Service<"run"> {
  readonly #context: ServiceContext<"run">;
  readonly #terminal: Terminal;
  readonly #shell: InteractiveShell;
  #state: "idle" | "running" | "stopping" = "idle";
  /** What ran last, and how it ended once it has: told to those who come later. */
  #last: { readonly info: ExecInfo; readonly exitCode?: number } | undefined;
  /** The next program is waiting for this one to end. */
  #isRestarting = false;
  #isClosed = false;

  constructor(context: ServiceContext<"run">) {
    const { platform, channel } = context;
    this.#context = context;
    this.#terminal = new Terminal(platform, channel);
    this.#shell = new InteractiveShell(platform, this.#terminal, {
      onStart: () => {},
      onExit: () => {},
    });
  }

  start(): Promise<void> {
    return this.#shell.start();
  }

  attach(session: Session): void {
    const { channel } = this.#context;
    this.#terminal.attach(session);
    const last = this.#last;
    if (last !== undefined) channel.send(session, { case: "execInfo", value: last.info });
    const value = this.#state === "idle" ? State.Stopped : State.Running;
    channel.send(session, { case: "state", value });
    if (last?.exitCode !== undefined) {
      channel.send(session, { case: "exitCodeEvent", value: last.exitCode });
    }
  }

  detach(session: Session): void {
    this.#terminal.detach(session);
  }

  async handle(
    body: BodyFor<"run">,
    from: Session,
    reply: Reply<"run">,
    ref: string,
  ): Promise<void> {
    if (body.case === "runMain") await this.#run(from);
    else if (body.case === "clear") this.#stop();
    else if (!(await this.#shell.handle(body, from, ref))) return;
    reply({ case: "ok", value: {} });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#shell.leave();
    this.#terminal.close();
  }

  async #run(by: Session): Promise<void> {
    const { platform, repl, channel } = this.#context;
    await Promise.all([this.#endCurrent(), repl.documents.save()]);
    try {
      const { command, reason } = await findProgram(platform.files, repl.language);
      const args = typeof command === "string" ? (["bash", "-c", command] as const) : command;
      this.#terminal.resetModes();
      this.#terminal.write(`${CLEAR}${PROMPT} ${lineOf(command)}\r\n`);
      this.#last = { info: { command: [...args], reason } };
      channel.broadcast({ case: "execInfo", value: this.#last.info });
      const id = randomId(platform.random);
      await this.#start(args, id);
      repl.runs.emit({ kind: "ran", id, command: lineOf(command), by });
    } catch (error) {
      this.#terminal.writeLine(`\x1b[31m${messageOf(error)}\x1b[m`);
      channel.broadcast({ case: "state", value: State.Stopped });
      await this.#shell.start();
      throw error;
    }
    this.#state = "running";
    channel.broadcast({ case: "state", value: State.Running });
  }

  /** Makes room in the terminal: ends the program of before, or the shell. */
  async #endCurrent(): Promise<void> {
    if (this.#state === "idle") return this.#shell.leave();
    this.#isRestarting = true;
    await this.#terminal.end("SIGTERM");
    this.#isRestarting = false;
  }

  async #start(command: readonly [string, ...string[]], run: string): Promise<void> {
    const { repl, platform } = this.#context;
    const { clock } = platform;
    const startedMs = clock.now();
    const hints = new HintFinder();
    const events = {
      onOutput: (text: string) => this.#giveHints(hints.find(text)),
      onExit: (code: number) => {
        const durationMs = clock.now() - startedMs;
        this.#handleExit(code, durationMs);
        repl.runs.emit({ kind: "ended", run, code, durationMs });
      },
    };
    try {
      await this.#terminal.start({ command }, events);
    } catch (error) {
      // A machine without bash has sh.
      const isBash = command[0] === "bash" && command[1] === "-c";
      if (!isBash || !(error instanceof RequestError) || error.code !== "not-found") throw error;
      await this.#terminal.start({ command: ["sh", ...command.slice(1)] }, events);
    }
  }

  #stop(): void {
    if (this.#state !== "running") return;
    this.#state = "stopping";
    void this.#terminal.end("SIGTERM"); // How it ended is told when it has, as always.
  }

  #handleExit(code: number, durationMs: number): void {
    const { channel } = this.#context;
    const how = this.#state === "stopping" ? "stopped" : `exited with ${describeCode(code)}`;
    const style = code === 0 || this.#state === "stopping" ? "\x1b[2m" : "\x1b[31m";
    this.#state = "idle";
    this.#terminal.writeLine(`${style}[${how} · ${describeDuration(durationMs)}]\x1b[m`);
    channel.broadcast({ case: "state", value: State.Stopped });
    channel.broadcast({ case: "exitCodeEvent", value: code });
    if (this.#last !== undefined) this.#last = { ...this.#last, exitCode: code };
    if (!this.#isClosed && !this.#isRestarting) void this.#shell.start(); // It says why, if it fails.
  }

  #giveHints(hints: readonly string[]): void {
    for (const text of hints) this.#context.channel.broadcast({ case: "hint", value: { text } });
  }
}

/** A command as people write it. */
function lineOf(command: string | readonly string[]): string {
  if (typeof command !== "string") {
    return command.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ");
  }
  return command
    .trim()
    .replaceAll(/\p{Cc}+/gu, (controls) => (controls.includes("\n") ? "\r\n  " : " "));
}

const signals: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

function describeCode(code: number): string {
  const signal = signals[code - 128];
  return signal === undefined ? String(code) : `${code} (${signal})`;
}

function describeDuration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
