import type { Session } from "../service.ts";
import type { TerminalChannel } from "./channel.ts";

/**
 * Output that one session may have on its way, in characters, before it counts as behind. All of it
 * must still be drawn when somebody presses Ctrl+C: half a megabyte is drawn in 40 ms, and is what a
 * client takes in during a few animation frames, so that it never waits for us.
 */
const HIGH_WATERMARK_CHARS = 512 * 1024;
/** What must be left before it counts as having caught up: enough to go on with meanwhile. */
const LOW_WATERMARK_CHARS = 128 * 1024;

/**
 * How long a session that has taken nothing may hold a program up. A hidden tab draws rarely, a
 * laptop that sleeps not at all, and neither is a reason for a server's log to block the server.
 */
const PATIENCE_MS = 10_000;

/** Most characters of one frame: where browsers are fastest. */
export const MAX_FRAME_CHARS = 64 * 1024;

/** Makes a terminal forget what it shows, with all of its modes. */
export const RESET = "\x1bc";

/** One session in front of a terminal, and what is on its way to it (SH4). */
export class Watcher {
  readonly session: Session;
  readonly #channel: TerminalChannel;
  readonly #nextRef: () => string;
  /** Sent with a ref and not acknowledged, oldest first. */
  readonly #unacknowledged: { readonly ref: string; readonly chars: number }[] = [];
  #unacknowledgedChars = 0;
  #isBehind = false;
  #hasMissed = false;
  #movedMs: number;
  #lastQueuedBytes = 0;

  constructor(
    session: Session,
    channel: TerminalChannel,
    init: { readonly nextRef: () => string; readonly nowMs: number },
  ) {
    this.session = session;
    this.#channel = channel;
    this.#nextRef = init.nextRef;
    this.#movedMs = init.nowMs;
  }

  /** Has more on its way than it takes, so that output should wait for it. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Has not got everything, and needs the whole screen when it has caught up. */
  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  /** Whether it is behind without having taken anything for so long that nobody waits for it. */
  isAbsent(nowMs: number): boolean {
    return this.#isBehind && nowMs - this.#movedMs >= PATIENCE_MS;
  }

  /** Sends output, unless some is missing before it. */
  send(text: string, nowMs: number): void {
    if (!this.#hasMissed) this.#send(text, nowMs);
  }

  /** Output that was not sent: from here on only the whole screen helps. */
  miss(): void {
    this.#hasMissed = true;
  }

  /** Sends the whole screen, in pieces, to a terminal that is empty or shows something older. */
  sendScreen(screen: string, nowMs: number): void {
    const text = this.#hasMissed ? RESET + screen : screen;
    this.#hasMissed = false;
    for (const piece of pieces(text)) this.#send(piece, nowMs);
  }

  /** It has drawn what came with `ref`, and so all before that. */
  acknowledge(ref: string, nowMs: number): void {
    const index = this.#unacknowledged.findIndex((sent) => sent.ref === ref);
    for (const { chars } of this.#unacknowledged.splice(0, index + 1)) {
      this.#unacknowledgedChars -= chars;
    }
    this.update(nowMs);
  }

  /** Looks at what is on its way now. */
  update(nowMs: number): void {
    const { queuedBytes } = this.session;
    if (queuedBytes < this.#lastQueuedBytes) this.#movedMs = nowMs;
    this.#lastQueuedBytes = queuedBytes;
    // Whoever acknowledges has also received: then the queue says nothing more.
    const load = Math.max(this.#unacknowledgedChars, this.session.hasCap ? 0 : queuedBytes);
    if (load >= HIGH_WATERMARK_CHARS) this.#isBehind = true;
    else if (load <= LOW_WATERMARK_CHARS) this.#isBehind = false;
  }

  #send(text: string, nowMs: number): void {
    if (this.session.hasCap) {
      const ref = this.#nextRef();
      // Time counts from when something is there to take.
      if (this.#unacknowledged.length === 0) this.#movedMs = nowMs;
      this.#unacknowledged.push({ ref, chars: text.length });
      this.#unacknowledgedChars += text.length;
      this.#channel.send(this.session, { case: "output", value: text }, ref);
    } else {
      this.#channel.send(this.session, { case: "output", value: text });
    }
    this.update(nowMs);
  }
}

/** Cuts text where a line ends, or at least not within a character. */
function* pieces(text: string): Iterable<string> {
  let from = 0;
  while (text.length - from > MAX_FRAME_CHARS) {
    const lineEnd = text.lastIndexOf("\r\n", from + MAX_FRAME_CHARS - 2);
    let end = lineEnd > from ? lineEnd + 2 : from + MAX_FRAME_CHARS;
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--;
    yield text.slice(from, end);
    from = end;
  }
  if (from < text.length) yield text.slice(from);
}
