import { CloseCode, type Transport } from "#common/wire/transport.ts";

const OPEN = 1;

/** Moves frames over a WebSocket, one in each binary message. Text messages mean nothing here. */
export function openWebSocket(
  url: string,
  createSocket: (url: string) => WebSocket = (to) => new WebSocket(to),
): Transport {
  const socket = createSocket(url);
  socket.binaryType = "arraybuffer";
  let isClosed = false;
  const transport: Transport = {
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    // The container speaks first, so there is nothing to send before it is open.
    send(frames) {
      if (socket.readyState !== OPEN) return;
      for (const frame of frames) socket.send(frame as Uint8Array<ArrayBuffer>);
    },
    close(code, reason) {
      if (isClosed) return;
      isClosed = true;
      socket.close(code, reason);
      transport.onClose(code, reason);
    },
    onFrame: () => {},
    onClose: () => {},
  };
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer && !isClosed) transport.onFrame(new Uint8Array(data));
  });
  // An error is always followed by a close, which tells as much.
  socket.addEventListener("close", ({ code, reason }) => {
    if (isClosed) return;
    isClosed = true;
    transport.onClose(code === 0 ? CloseCode.abnormal : code, reason);
  });
  return transport;
}
