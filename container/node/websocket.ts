import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type RawData, type WebSocket } from "ws";
import { every, type Cancel, type Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import { MAX_FRAME_BYTES } from "#common/wire/codec.ts";
import { CloseCode, type Transport } from "#common/wire/transport.ts";
import { framed, SocketWriter } from "./socketWriter.ts";

/** Two pings without a word in return, and the connection is dead: at most 30 s (CN9). */
const PING_INTERVAL_MS = 10_000;
const MAX_UNANSWERED_PINGS = 2;

/** How long a client may take to say goodbye before its socket is cut. */
const CLOSE_TIMEOUT_MS = 5000;

/** Longest reason that fits a close frame, in bytes. */
const MAX_REASON_BYTES = 123;

/** Turns HTTP upgrades into transports. */
export interface WebSocketEndpoint {
  /** Completes an upgrade. `accepted` must set the listeners of the transport before it returns. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    accepted: (transport: Transport) => void,
  ): void;
}

/** WebSockets of the container protocol: binary, no subprotocol, no compression (CN1). */
export function createWebSocketEndpoint(options: {
  readonly clock: Clock;
  readonly log: Logger;
}): WebSocketEndpoint {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // It would cost a context per client and forbid sharing what has been framed once.
    perMessageDeflate: false,
    handleProtocols: () => false,
    // A frame over our own limit is dropped (CN4); one far over it is not even read to its end.
    maxPayload: 2 * MAX_FRAME_BYTES,
  });
  return {
    accept(request, socket, head, accepted) {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        accepted(new WebSocketTransport(webSocket, socket, options));
      });
    },
  };
}

class WebSocketTransport implements Transport {
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (code: number, reason: string) => void = () => {};

  readonly #webSocket: WebSocket;
  readonly #clock: Clock;
  readonly #writer: SocketWriter;
  readonly #cancelPings: Cancel;
  #cancelCut: Cancel = () => {};
  #unanswered = 0;
  #open = true;

  constructor(
    webSocket: WebSocket,
    socket: Duplex,
    { clock, log }: { readonly clock: Clock; readonly log: Logger },
  ) {
    this.#webSocket = webSocket;
    this.#clock = clock;
    this.#writer = new SocketWriter(socket);
    this.#cancelPings = every(clock, PING_INTERVAL_MS, () => this.#ping());
    webSocket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    webSocket.on("pong", () => (this.#unanswered = 0));
    webSocket.on("error", (error) => {
      // It broke the rules of WebSocket itself, and is being told so: nothing more comes of it.
      log.warn(error.message, { tag: "wire" });
      this.#cutLater();
      this.#end(CloseCode.abnormal, error.message);
    });
    webSocket.on("close", (code, reason) => this.#handleClose(code, reason.toString()));
  }

  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  send(frames: readonly Uint8Array[]): void {
    if (this.#open) this.#writer.write(framed(frames));
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#writer.flush();
    if (code === CloseCode.abnormal) {
      this.#webSocket.terminate();
    } else {
      this.#webSocket.close(code, shorten(reason));
      this.#cutLater();
    }
    this.#end(code, reason);
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#unanswered = 0;
    // Text is no part of the protocol. Binary messages are Buffers, as nothing else was asked for.
    if (this.#open && isBinary) this.onFrame(data as Buffer);
  }

  #ping(): void {
    if (this.#unanswered >= MAX_UNANSWERED_PINGS) {
      this.close(CloseCode.abnormal, "no answer to pings");
    } else {
      this.#unanswered++;
      this.#webSocket.ping();
    }
  }

  #cutLater(): void {
    this.#cancelCut();
    this.#cancelCut = this.#clock.after(CLOSE_TIMEOUT_MS, () => this.#webSocket.terminate());
  }

  #handleClose(code: number, reason: string): void {
    this.#cancelCut();
    this.#end(code, reason);
  }

  #end(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#cancelPings();
    this.#writer.drop();
    this.onClose(code, reason);
  }
}

function shorten(reason: string): Buffer {
  const bytes = Buffer.from(reason);
  let end = Math.min(bytes.length, MAX_REASON_BYTES);
  // Not in the middle of a character: its later bytes all begin with the bits 10.
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
