import { WebSocket } from "ws";
import type { Transport } from "#common/wire/transport.ts";
import { FrameClient } from "./frameClient.ts";

/** A raw client over a real WebSocket; `socket` is there for what a transport cannot do. */
export interface DialledClient {
  readonly client: FrameClient;
  readonly socket: WebSocket;
}

/** Dials a server with a token. Frames that come before the first listener wait in the client. */
export async function dial(url: string, token: string): Promise<DialledClient> {
  const socket = new WebSocket(`${url}/wsv2/${encodeURIComponent(token)}`);
  const transport: Transport = {
    send: (frames) => frames.forEach((frame) => socket.send(frame)),
    get queuedBytes() {
      return socket.bufferedAmount;
    },
    close: (code, reason) => socket.close(code, reason),
    onFrame: () => {},
    onClose: () => {},
  };
  socket.on("message", (data: Buffer) => transport.onFrame(data));
  socket.on("close", (code, reason) => transport.onClose(code, reason.toString()));
  socket.on("error", () => {}); // `close` follows.
  const client = new FrameClient(transport);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return { client, socket };
}
