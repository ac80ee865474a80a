import type { Duplex } from "node:stream";

/** The header of an unmasked, unfragmented binary message (RFC 6455, 5.2). */
function headerOf(byteLength: number): Buffer {
  const first = 0x82;
  if (byteLength < 126) return Buffer.of(first, byteLength);
  if (byteLength < 65_536) return Buffer.of(first, 126, byteLength >> 8, byteLength & 0xff);
  const header = Buffer.alloc(10);
  header[0] = first;
  header[1] = 127;
  header.writeUIntBE(byteLength, 4, 6);
  return header;
}

let lastFrames: readonly Uint8Array[] | undefined;
let lastFramed: Buffer | undefined;

/**
 * Frames as whole WebSocket messages, one behind the other. A broadcast asks for one list many times
 * in a row, and gets the same bytes each time.
 */
export function framed(frames: readonly Uint8Array[]): Buffer {
  if (frames === lastFrames && lastFramed !== undefined) return lastFramed;
  lastFrames = frames;
  lastFramed = Buffer.concat(frames.flatMap((frame) => [headerOf(frame.byteLength), frame]));
  return lastFramed;
}

/**
 * A message that waits for the end of a turn, behind those before it. In a busy room most sockets
 * wait for the very same messages, and so share one chain of them and the bytes that it makes.
 */
class Waiting {
  readonly message: Buffer;
  readonly before: Waiting | undefined;
  /** Of this message and all before it. */
  readonly byteLength: number;
  /** What the last socket that had come this far got next. */
  next: Waiting | undefined;
  isShared = false;
  #joined: Buffer | undefined;

  constructor(message: Buffer, before?: Waiting) {
    this.message = message;
    this.before = before;
    this.byteLength = message.byteLength + (before?.byteLength ?? 0);
  }

  /** The chain behind it that also has `message`. */
  then(message: Buffer): Waiting {
    const { next } = this;
    if (next?.message === message) {
      next.isShared = true;
      return next;
    }
    this.next = new Waiting(message, this);
    return this.next;
  }

  /** This message and all before it as one. */
  get joined(): Buffer {
    this.#joined ??= Buffer.concat([...messagesOf(this)]);
    return this.#joined;
  }
}

/** The messages of a chain in their order, from behind `start` or its beginning on. */
function messagesOf(end: Waiting, start?: Waiting): readonly Buffer[] {
  const messages: Buffer[] = [];
  for (let at = end; at.before !== undefined && at !== start; at = at.before) {
    messages.push(at.message);
  }
  return messages.reverse();
}

/** Where the chains of a turn of the event loop begin: in front of their first messages. */
function beginning(): Waiting {
  return new Waiting(Buffer.alloc(0));
}

let turn = beginning();

/** Writers that have sent something in this turn. */
let active: SocketWriter[] = [];

function endTurn(): void {
  const writers = active;
  active = [];
  turn = beginning();
  for (const writer of writers) writer.endTurn();
}

/**
 * Writes messages to one socket. The first of a turn goes out at once; when one turn has more than
 * that, they are joined into one write at its end, and so are all of the following turns until one
 * has a single message again. So an idle room has no delay, and a busy one few system calls.
 */
export class SocketWriter {
  readonly #socket: Duplex;
  #last: Waiting | undefined;
  #sentThisTurn = 0;
  #busy = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Bytes that the operating system has not taken yet. */
  get queuedBytes(): number {
    return (this.#last?.byteLength ?? 0) + this.#socket.writableLength;
  }

  write(message: Buffer): void {
    if (this.#sentThisTurn++ === 0) {
      if (active.push(this) === 1) setImmediate(endTurn);
      if (!this.#busy) {
        this.#socket.write(message);
        return;
      }
    }
    this.#last = (this.#last ?? turn).then(message);
  }

  endTurn(): void {
    this.#busy = this.#sentThisTurn > 1;
    this.#sentThisTurn = 0;
    this.flush();
  }

  /** Writes what waits for the end of the turn. */
  flush(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    let shared: Waiting | undefined = last;
    while (shared !== undefined && !shared.isShared) shared = shared.before;
    this.#socket.cork();
    if (shared !== undefined) this.#socket.write(shared.joined);
    for (const message of messagesOf(last, shared)) this.#socket.write(message);
    this.#socket.uncork();
  }

  /** The socket is closing: what waits is not written any more. */
  drop(): void {
    this.#last = undefined;
  }
}
