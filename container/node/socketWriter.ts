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

let lastFrame: Uint8Array | undefined;
let lastFramed: Buffer | undefined;

/**
 * A frame as a whole WebSocket message. A broadcast asks for one frame many times in a row, and
 * gets the same bytes each time.
 */
export function frameOf(frame: Uint8Array): Buffer {
  if (frame === lastFrame && lastFramed !== undefined) return lastFramed;
  const framed = Buffer.concat([headerOf(frame.byteLength), frame]);
  lastFrame = frame;
  lastFramed = framed;
  return framed;
}

/** Writers that have sent something in this turn of the event loop. */
let active: SocketWriter[] = [];

function endTurn(): void {
  const writers = active;
  active = [];
  for (const writer of writers) writer.endTurn();
}

/**
 * Writes messages to one socket. The first of a turn goes out at once; when one turn has more than
 * that, they are joined into one write at its end, and so are all of the following turns until one
 * has a single message again. So an idle room has no delay, and a busy one few system calls.
 */
export class SocketWriter {
  readonly #socket: Duplex;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #sentThisTurn = 0;
  #busy = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
  }

  /** Bytes that the operating system has not taken yet. */
  get queuedBytes(): number {
    return this.#waitingBytes + this.#socket.writableLength;
  }

  write(message: Buffer): void {
    if (this.#sentThisTurn++ === 0) {
      if (active.push(this) === 1) setImmediate(endTurn);
      if (!this.#busy) {
        this.#socket.write(message);
        return;
      }
    }
    this.#waiting.push(message);
    this.#waitingBytes += message.byteLength;
  }

  endTurn(): void {
    this.#busy = this.#sentThisTurn > 1;
    this.#sentThisTurn = 0;
    this.flush();
  }

  /** Writes what waits for the end of the turn. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#socket.cork();
    for (const message of waiting) this.#socket.write(message);
    this.#socket.uncork();
  }

  /** The socket is closing: what waits is not written any more. */
  drop(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
