import { WebSocket } from "ws";
import { WebsocketProvider } from "y-websocket";
import { decodeUpdate, Doc } from "yjs";
import { RawSocket } from "./rawSocket.ts";
import {
  connectionOf,
  openMany,
  type Crowd,
  type Pair,
  type RoomAddress,
  type Typist,
} from "./room.ts";

/** A message of the sync protocol that holds one update. */
const SYNC = 0;
const UPDATE = 2;

export async function yCrowd({ url, name }: RoomAddress, size: number): Promise<Crowd> {
  /** Edits of each typist in order, by the id that Yjs gives it. */
  const editsByTypist = new Map<number, number[]>();
  const typists = await openMany(size, async () => {
    const socket = await RawSocket.open(`${url}/${name}`);
    const doc = new Doc();
    const edits: number[] = [];
    editsByTypist.set(doc.clientID, edits);
    doc.on("update", (update: Uint8Array) => {
      const header = [SYNC, UPDATE, ...varUint(update.byteLength)];
      socket.send(Buffer.concat([Buffer.from(header), update]));
    });
    const text = doc.getText("text");
    const typist: Typist = {
      socket,
      type(edit) {
        edits.push(edit);
        text.insert(text.length, "x");
      },
    };
    return typist;
  });
  return {
    typists,
    editOf(payload) {
      if (payload[0] !== SYNC || payload[1] !== UPDATE) return undefined;
      const [struct] = decodeUpdate(
        payload.subarray(2 + varUint(payload.length - 3).length),
      ).structs;
      if (struct === undefined) return undefined;
      return editsByTypist.get(struct.id.client)?.[struct.id.clock];
    },
  };
}

function varUint(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

export async function yPair({ url, name }: RoomAddress): Promise<Pair> {
  const providers = [new Doc(), new Doc()].map(
    (doc) =>
      new WebsocketProvider(url, name, doc, {
        WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
        disableBc: true,
      }),
  );
  await Promise.all(
    providers.map((provider) => new Promise((resolve) => provider.once("sync", resolve))),
  );
  const [first, second] = providers.map(({ doc }) => doc.getText("text"));
  if (first === undefined || second === undefined) throw new Error("a pair is two");
  first.insert(0, "x".repeat(10_000));
  await new Promise((resolve) => second.observe(resolve));
  let typed = 0;
  const pair: Pair = {
    type: () => first.insert((typed++ * 37) % first.length, "x"),
    onArrived: () => {},
    traffic() {
      const [sender, receiver] = providers.map(({ ws }) => connectionOf(ws));
      return { sent: sender?.bytesWritten ?? 0, received: receiver?.bytesRead ?? 0 };
    },
    close: () => providers.forEach((provider) => provider.destroy()),
  };
  second.observe(() => pair.onArrived());
  return pair;
}
