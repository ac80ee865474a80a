import type { Cancel } from "#common/lib/clock.ts";
import { encodeUtf8, Utf8Decoder } from "#common/lib/utf8.ts";
import type { Platform, Process, ProcessOptions } from "../platform.ts";
import type { Session } from "../service.ts";
import type { TerminalChannel } from "./channel.ts";
import { Screen } from "./screen.ts";
import { MAX_FRAME_CHARS, Watcher } from "./watcher.ts";

/**
 * How long output waits for more, after the first piece. A program that floods fills a frame long
 * before; one that draws in several writes gets them into one frame, well within one of the screen's.
 */
const GATHER_MS = 4;

/** How often sessions that are behind are looked at again. */
const RECHECK_MS = 20;

/**
 * How long reading rests after output had to be read into the screen, which takes some 10 ms of the
 * thread that serves everybody: a program that redraws without end gets a quarter of it at most.
 */
const REST_MS = 30;

/**
 * How long a program has to end by itself before it is made to. One that is stopped may have things
 * to put in order; a shell that is left has none, and somebody waits for what comes instead.
 */
const GRACE_MS = { SIGTERM: 2000, SIGHUP: 300 } as const;

/** A terminal that a program finds before anybody has said how large theirs is. */
const FIRST_SIZE = { cols: 80, rows: 24 };
/** Larger than any screen; what a terminal costs grows with its size. */
const MAX_COLS = 1000;
const MAX_ROWS = 500;

/** What a terminal is put into by `saneTerm`: all that makes text unreadable, or typing strange. */
const SANE = "\x1b[!p\x1b[?7h\x1b[?1000;1002;1003;1004;1006;2004l\x0f";

/**
 * What terminals answer by themselves to a program's question: where the cursor is, what they can
 * do, that they have got the focus. Every watcher's terminal answers; the program asked once.
 */
const REPORT =
  // oxlint-disable-next-line no-control-regex -- reports are made of control characters
  /^(?:\x1b\[(?:[?>=]?[\d;]*c|\??\d+;\d+(?:;\d+)?R|[03]n|[?\d;]*\$y|[\d;]*t|[IO])|\x1b[\]P][^\x07\x1b]*(?:\x07|\x1b\\))+$/;

/** A sequence that is not complete yet. */
// oxlint-disable-next-line no-control-regex -- as above
const UNFINISHED = /\x1b(?:\[[\x20-\x3f]*)?$/;
const MAX_UNFINISHED_CHARS = 32;

/** What a program in a terminal does. */
export interface ProgramEvents {
  /** It has said something, which everybody has been sent. */
  readonly onOutput?: (text: string) => void;
  /** It has ended; called once, after its last output. */
  readonly onExit?: (code: number) => void;
}

/**
 * One terminal: a program, what it has shown, and the sessions in front of it. The program blocks on
 * its output while everybody is behind; whoever is behind alone gets the screen anew later (SH4).
 */
export class Terminal {
  readonly #platform: Platform;
  readonly #channel: TerminalChannel;
  readonly #screen = new Screen(FIRST_SIZE);
  readonly #watchers = new Map<Session, Watcher>();
  #process: Process | undefined;
  #events: ProgramEvents = {};
  /** Resolves when the program has ended. */
  #ended = Promise.resolve();

  #decoder = new Utf8Decoder();
  /** Output that waits to be sent. */
  #gathered = "";
  #cancelGathering: Cancel | undefined;
  #sentMs = Number.NEGATIVE_INFINITY;
  #atLineStart = true;
  #refs = 0;

  #isPaused = false;
  /** Nobody is waited for: the program is to end, and must not wait for anybody to read. */
  #isEnding = false;
  #cancelRest: Cancel | undefined;
  #cancelRecheck: Cancel | undefined;

  #size: { readonly cols: number; readonly rows: number } = FIRST_SIZE;
  /** The size that each session has room for. */
  readonly #sizes = new Map<Session, { readonly cols: number; readonly rows: number }>();
  #typist: Session | undefined;
  #pipeMode = false;

  constructor(platform: Platform, channel: TerminalChannel) {
    this.#platform = platform;
    this.#channel = channel;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Runs a program in it; there must be none. Rejects when it cannot be started. */
  async start(
    options: Pick<ProcessOptions, "command" | "env">,
    events: ProgramEvents,
  ): Promise<void> {
    const pty = { ...this.#size, pipeMode: this.#pipeMode };
    const process = await this.#platform.processes.spawn({ ...options, pty });
    let handleEnd = (): void => {};
    this.#ended = new Promise((resolve) => (handleEnd = resolve));
    this.#process = process;
    this.#events = events;
    this.#isEnding = false;
    this.#isPaused = false;
    this.#decoder = new Utf8Decoder();
    process.onOutput = (chunk) => this.#receive(this.#decoder.push(chunk));
    process.onExit = ({ code }) => {
      this.#process = undefined;
      this.#receive(this.#decoder.flush());
      this.#flush("all");
      this.#events = {};
      events.onExit?.(code);
      handleEnd();
    };
    // It may have changed while the program was being started.
    if (pty.cols !== this.#size.cols || pty.rows !== this.#size.rows) {
      process.resize(this.#size.cols, this.#size.rows);
    }
    this.#updatePause();
  }

  /**
   * Asks the program, and all that it has started, to end, and makes it end when it does not.
   * Resolves when it has, at once when there is none.
   */
  async end(signal: keyof typeof GRACE_MS): Promise<void> {
    const process = this.#process;
    if (process === undefined) return;
    // It must not wait for anybody to read what it still says.
    this.#isEnding = true;
    this.#updatePause();
    process.kill(signal);
    const cancel = this.#platform.clock.after(GRACE_MS[signal], () => process.kill("SIGKILL"));
    await this.#ended;
    cancel();
  }

  /** Shows something of our own, to everybody. */
  write(text: string): void {
    this.#flush("all");
    this.#deliver(text);
  }

  /** The same on a line of its own. */
  writeLine(text: string): void {
    this.#flush("all");
    this.#deliver(`\x1b[m${this.#atLineStart ? "" : "\r\n"}${text}\r\n`);
  }

  /** A session has joined: it gets the size and the screen as they are (SH3). */
  attach(session: Session): void {
    this.#flush("all");
    const nowMs = this.#platform.clock.now();
    const nextRef = (): string => `drawn:${++this.#refs}`;
    const watcher = new Watcher(session, this.#channel, { nextRef, nowMs });
    this.#tellSize(session);
    watcher.sendScreen(this.#screen.snapshot(), nowMs);
    this.#watchers.set(session, watcher);
    this.#updatePause();
  }

  detach(session: Session): void {
    this.#watchers.delete(session);
    this.#sizes.delete(session);
    if (this.#typist === session) this.#typist = undefined;
    this.#applySize();
    this.#updatePause();
  }

  /** What a session has typed, or what its terminal answers. */
  input(from: Session, text: string): void {
    if (REPORT.test(text)) {
      if (from !== this.#owner()) return;
    } else if (from !== this.#typist) {
      this.#typist = from;
      this.#applySize();
    }
    this.#process?.write(encodeUtf8(text));
  }

  /** A session has room for this size; it counts when the session owns the size (SH6). */
  resize(from: Session, cols: number, rows: number): void {
    // A pane that is hidden has no size.
    if (cols < 2 || rows < 1) return;
    this.#sizes.set(from, { cols: Math.min(cols, MAX_COLS), rows: Math.min(rows, MAX_ROWS) });
    this.#applySize();
  }

  acknowledge(from: Session, ref: string): void {
    this.#watchers.get(from)?.acknowledge(ref, this.#platform.clock.now());
    this.#catchUp();
    this.#updatePause();
  }

  /** Clears screen and scrollback for all, but for the line that is being typed. */
  clear(): void {
    this.#flush("all");
    this.#deliver(this.#screen.clearSequence());
  }

  /** Undoes what a program may have done to the terminals of the watchers. */
  resetModes(): void {
    this.#flush("all");
    this.#deliver((this.#screen.isAlternate ? "\x1b[?1049l" : "") + SANE);
  }

  /** Makes typing and reading possible again, after a program that has left a mess. */
  async sane(): Promise<void> {
    this.resetModes();
    await this.#process?.setMode(this.#pipeMode ? "pipe" : "sane");
  }

  /** Whether programs find something like a pipe; holds for the one that runs and for later ones. */
  async setPipeMode(pipeMode: boolean): Promise<void> {
    this.#pipeMode = pipeMode;
    await this.#process?.setMode(pipeMode ? "pipe" : "sane");
  }

  close(): void {
    this.#cancelGathering?.();
    this.#cancelRest?.();
    this.#cancelRecheck?.();
    this.#watchers.clear();
    this.#screen.dispose();
  }

  // ---- output ----

  #receive(text: string): void {
    if (text === "") return;
    if (this.#gathered.length + text.length > MAX_FRAME_CHARS) this.#flush("whole");
    this.#gathered += text;
    if (this.#gathered.length >= MAX_FRAME_CHARS) return this.#flush("whole");
    if (this.#cancelGathering !== undefined) return;
    // The first piece after a silence is an echo, or an answer that somebody waits for.
    const waitMs = this.#sentMs + GATHER_MS - this.#platform.clock.now();
    if (waitMs <= 0) return this.#flush("whole");
    this.#cancelGathering = this.#platform.clock.after(waitMs, () => this.#flush("all"));
  }

  /** Sends what has gathered; `whole` keeps back a sequence whose rest must be on its way. */
  #flush(what: "all" | "whole"): void {
    this.#cancelGathering?.();
    this.#cancelGathering = undefined;
    let text = this.#gathered;
    this.#gathered = "";
    if (what === "whole") {
      const tail = Math.max(0, text.length - MAX_UNFINISHED_CHARS);
      const unfinished = UNFINISHED.exec(text.slice(tail))?.[0] ?? "";
      if (unfinished !== "") {
        text = text.slice(0, -unfinished.length);
        this.#gathered = unfinished;
        const { clock } = this.#platform;
        this.#cancelGathering = clock.after(GATHER_MS, () => this.#flush("all"));
      }
    }
    if (text === "") return;
    this.#deliver(text);
    this.#events.onOutput?.(text);
  }

  #deliver(text: string): void {
    if (text === "") return;
    const nowMs = this.#platform.clock.now();
    this.#sentMs = nowMs;
    this.#atLineStart = text.endsWith("\n");
    if (this.#screen.write(text)) this.#rest();
    const watchers = [...this.#watchers.values()];
    // What was read before all were behind must go somewhere; it is little.
    const isHeldUp = watchers.every((watcher) => watcher.isBehind) && !this.#isEnding;
    for (const watcher of watchers) {
      const mustWait = watcher.isBehind && (!isHeldUp || watcher.isAbsent(nowMs));
      if (mustWait) watcher.miss();
      else watcher.send(text, nowMs);
    }
    this.#updatePause();
  }

  // ---- flow ----

  /** Whoever has missed something and has caught up gets the screen as it is now. */
  #catchUp(): void {
    const nowMs = this.#platform.clock.now();
    for (const watcher of this.#watchers.values()) {
      if (!watcher.hasMissed || watcher.isBehind) continue;
      this.#flush("all");
      watcher.sendScreen(this.#screen.snapshot(), nowMs);
    }
  }

  #updatePause(): void {
    const nowMs = this.#platform.clock.now();
    const watchers = [...this.#watchers.values()];
    const present = watchers.filter((watcher) => !watcher.isAbsent(nowMs));
    const isHeldUp = present.length > 0 && present.every((watcher) => watcher.isBehind);
    const isPaused = (isHeldUp || this.#cancelRest !== undefined) && !this.#isEnding;
    if (isPaused !== this.#isPaused) {
      this.#isPaused = isPaused;
      if (isPaused) this.#process?.pause();
      else this.#process?.resume();
    }
    if (watchers.some((watcher) => watcher.isBehind)) this.#recheckLater();
  }

  #recheckLater(): void {
    this.#cancelRecheck ??= this.#platform.clock.after(RECHECK_MS, () => {
      this.#cancelRecheck = undefined;
      const nowMs = this.#platform.clock.now();
      for (const watcher of this.#watchers.values()) watcher.update(nowMs);
      this.#catchUp();
      this.#updatePause();
    });
  }

  #rest(): void {
    this.#cancelRest?.();
    this.#cancelRest = this.#platform.clock.after(REST_MS, () => {
      this.#cancelRest = undefined;
      this.#updatePause();
    });
  }

  // ---- size ----

  /** Who types, or has typed last; before anybody has, who came first. */
  #owner(): Session | undefined {
    if (this.#typist !== undefined) return this.#typist;
    for (const session of this.#watchers.keys()) {
      if (session.role !== "viewer") return session;
    }
    return undefined;
  }

  #applySize(): void {
    const owner = this.#owner();
    const size = owner === undefined ? undefined : this.#sizes.get(owner);
    if (size === undefined) return;
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#flush("all");
    this.#size = size;
    this.#screen.resize(size.cols, size.rows);
    this.#process?.resize(size.cols, size.rows);
    for (const session of this.#watchers.keys()) this.#tellSize(session);
  }

  #tellSize(session: Session): void {
    if (!session.hasCap) return;
    this.#channel.send(session, { case: "resizeTerm", value: { ...this.#size } });
  }
}
