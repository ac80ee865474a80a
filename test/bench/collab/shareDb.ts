import * as textUnicode from "ot-text-unicode";
import { Connection, types, type Doc } from "sharedb/lib/client/index.js";
import { WebSocket } from "ws";
import { connectionOf, type Pair, type RoomAddress } from "./room.ts";

types.register(textUnicode.type);

export async function shareDbPair({ url, name }: RoomAddress): Promise<Pair> {
  const sockets = [new WebSocket(url), new WebSocket(url)];
  const connections = sockets.map((socket) => new Connection(socket));
  const [first, second] = connections.map((connection) => connection.get("texts", name));
  if (first === undefined || second === undefined) throw new Error("a pair is two");
  await done((callback) => first.create("x".repeat(10_000), textUnicode.type.name, callback));
  for (const doc of [first, second]) await done((callback) => doc.subscribe(callback));
  let typed = 0;
  const pair: Pair = {
    type: () => first.submitOp(insertAt((typed++ * 37) % first.data.length)),
    onArrived: () => {},
    traffic() {
      const [sender, receiver] = sockets.map(connectionOf);
      return { sent: sender?.bytesWritten ?? 0, received: receiver?.bytesRead ?? 0 };
    },
    close: () => connections.forEach((connection) => connection.close()),
  };
  second.on("op", () => pair.onArrived());
  return pair;
}

function insertAt(position: number): readonly (number | string)[] {
  return position === 0 ? ["x"] : [position, "x"];
}

function done(work: (callback: Parameters<Doc["subscribe"]>[0]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    work((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}
