import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** Shared by all sockets: what is read is dealt with before the next read. */
const readBuffer = Buffer.alloc(256 * 1024);

const OPCODE_BINARY = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;

/**
 * A WebSocket client that does as little as can be, so that one process can be thousands of them: it
 * counts messages, and looks into them only for one who listens.
 */
export class RawSocket {
  /** Binary messages received. */
  messages = 0;
  /** The bytes are good until it returns. */
  onMessage: ((payload: Buffer) => void) | undefined;
  onClose: (code: number) => void = () => {};
  readonly #socket: Socket;
  #upgraded: (() => void) | undefined;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(url: URL, upgraded: () => void) {
    this.#upgraded = upgraded;
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#read(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    const key = randomBytes(16).toString("base64");
    this.#socket.write(
      `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    this.#socket.on("close", () => this.onClose(1006));
    this.#socket.on("error", () => {}); // `close` follows.
  }

  /** `onMessage` also gets what comes with the answer to the upgrade. */
  static open(url: string, onMessage?: (payload: Buffer) => void): Promise<RawSocket> {
    return new Promise((resolve, reject) => {
      const socket: RawSocket = new RawSocket(new URL(url), () => resolve(socket));
      socket.onMessage = onMessage;
      socket.onClose = (code) => reject(new Error(`closed: ${code}`));
    });
  }

  send(payload: Uint8Array): void {
    this.#write(OPCODE_BINARY, payload);
  }

  destroy(): void {
    this.onClose = () => {};
    this.#socket.destroy();
  }

  #write(opcode: number, payload: Uint8Array): void {
    const { byteLength } = payload;
    const header = byteLength < 126 ? 2 : 4;
    const message = Buffer.alloc(header + 4 + byteLength);
    message[0] = 0x80 | opcode;
    if (byteLength < 126) {
      message[1] = 0x80 | byteLength;
    } else {
      message[1] = 0x80 | 126;
      message.writeUInt16BE(byteLength, 2);
    }
    // The mask is four zeros: the payload stays as it is.
    message.set(payload, header + 4);
    this.#socket.write(message);
  }

  #read(bytes: Buffer): void {
    let chunk = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    if (this.#upgraded !== undefined) {
      const end = chunk.indexOf("\r\n\r\n");
      if (end >= 0) {
        const upgraded = this.#upgraded;
        this.#upgraded = undefined;
        chunk = chunk.subarray(end + 4);
        queueMicrotask(upgraded);
      }
    }
    const start = this.#upgraded === undefined ? this.#take(chunk) : 0;
    // What is left belongs to a buffer that the next read overwrites.
    this.#rest = Buffer.from(chunk.subarray(start));
  }

  /** Deals with the whole messages of a chunk; tells where the rest begins. */
  #take(chunk: Buffer): number {
    let at = 0;
    while (at + 2 <= chunk.length) {
      const opcode = (chunk[at] ?? 0) & 0x0f;
      let length = (chunk[at + 1] ?? 0) & 0x7f;
      let payload = at + 2;
      if (length === 126) {
        payload += 2;
        if (payload > chunk.length) break;
        length = chunk.readUInt16BE(at + 2);
      } else if (length === 127) {
        payload += 8;
        if (payload > chunk.length) break;
        length = chunk.readUIntBE(at + 4, 6);
      }
      const end = payload + length;
      if (end > chunk.length) break;
      if (opcode === OPCODE_BINARY) {
        this.messages++;
        this.onMessage?.(chunk.subarray(payload, end));
      } else if (opcode === OPCODE_PING) {
        this.#write(OPCODE_PONG, chunk.subarray(payload, end));
      } else if (opcode === OPCODE_CLOSE) {
        this.onClose(chunk.readUInt16BE(payload));
      }
      at = end;
    }
    return at;
  }
}
