// As much of the WebSocket protocol (RFC 6455) as short texts need, to show that there is no magic.
import { createHash } from "node:crypto";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Completes the handshake. Returns what sends texts to the browser. */
export function acceptWebSocket(request, socket, { onMessage, onClose }) {
  const accept = createHash("sha1")
    .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\n" +
      "Upgrade: websocket\r\n" +
      "Connection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (let frame = readFrame(received); frame !== undefined; frame = readFrame(received)) {
      received = received.subarray(frame.size);
      if (frame.kind === TEXT) onMessage(frame.payload.toString());
      if (frame.kind === PING) socket.write(frameOf(PONG, frame.payload));
      if (frame.kind === CLOSE) socket.end(frameOf(CLOSE, frame.payload));
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", onClose);
  return { send: (text) => socket.write(frameOf(TEXT, Buffer.from(text))) };
}

/** The first frame of what has come, or undefined when it is not complete yet. */
function readFrame(bytes) {
  if (bytes.length < 6) return undefined;
  let length = bytes[1] & 0x7f;
  let start = 2;
  if (length === 126) {
    length = bytes.readUInt16BE(2);
    start = 4;
  }
  // Browsers mask what they send.
  const mask = bytes.subarray(start, start + 4);
  const size = start + 4 + length;
  if (bytes.length < size) return undefined;
  const payload = bytes.subarray(start + 4, size).map((byte, i) => byte ^ mask[i % 4]);
  return { kind: bytes[0] & 0x0f, payload: Buffer.from(payload), size };
}

function frameOf(kind, payload) {
  const head =
    payload.length < 126
      ? Buffer.of(0x80 | kind, payload.length)
      : Buffer.of(0x80 | kind, 126, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([head, payload]);
}
