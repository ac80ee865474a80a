import type { Socket } from "node:net";
import type { RawSocket } from "./rawSocket.ts";

/** Where the clients of one measurement meet. */
export interface RoomAddress {
  readonly peer: "tandem" | "y-websocket" | "ShareDB";
  readonly url: string;
  /** The text that they edit; a new one for each measurement. */
  readonly name: string;
  /** Of tandem only. */
  readonly token: string;
}

/** One of many clients that type at a steady rate. */
export interface Typist {
  readonly socket: RawSocket;
  /** Sends one edit of one character; the number comes back with it. */
  type(edit: number): void;
}

/** A crowd that speaks the protocol of one of the servers. */
export interface Crowd {
  readonly typists: readonly Typist[];
  /** Which edit a message is, or undefined when it is none. Called by observers for each message. */
  editOf(payload: Buffer): number | undefined;
}

/** Two real clients with a text each, in one process. */
export interface Pair {
  /** The first one types a character. */
  type(): void;
  /** Called when the second one has it in its text. */
  onArrived: () => void;
  /** Bytes of its connection that the first one has sent, and the second one received. */
  traffic(): { readonly sent: number; readonly received: number };
  close(): void;
}

/** The connection below a WebSocket of `ws`, where bytes are counted with everything around them. */
export function connectionOf(socket: unknown): Socket {
  return (socket as { readonly _socket: Socket })._socket;
}

/** Clients that come at a time; the first one comes alone and makes the text. */
const AT_A_TIME = 50;

/** Opens `size` clients, in order. */
export async function openMany(
  size: number,
  open: (index: number) => Promise<Typist>,
): Promise<readonly Typist[]> {
  const typists: Typist[] = [];
  while (typists.length < size) {
    const first = typists.length;
    const count = first === 0 ? 1 : Math.min(AT_A_TIME, size - first);
    typists.push(...(await Promise.all(Array.from({ length: count }, (_, i) => open(first + i)))));
  }
  return typists;
}
