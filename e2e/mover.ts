import protocol, { type api } from "@replit/protocol";
import { once } from "node:events";
import { WebSocket } from "ws";
import type { Room } from "./room.ts";

/** Somebody in the room without a page: frames of the public schema, and a caret in one text. */
export class Mover {
  readonly #socket: WebSocket;
  readonly #channel: number;
  readonly #name: string;
  #step = 0;

  private constructor(socket: WebSocket, channel: number, name: string) {
    this.#socket = socket;
    this.#channel = channel;
    this.#name = name;
  }

  static async join(room: Room, name: string, path: string): Promise<Mover> {
    const { origin, hash } = new URL(await room.inviteLink("editor"));
    const answer = await fetch(`${origin}/api/connection`, {
      headers: {
        authorization: `Bearer ${hash.slice("#invite=".length)}`,
        "x-tandem-guest": `${name} has a secret of their own`,
        "x-tandem-name": encodeURIComponent(name),
      },
    });
    const { token } = (await answer.json()) as { readonly token: string };
    const socket = new WebSocket(
      `${origin.replace("http", "ws")}/wsv2/${encodeURIComponent(token)}`,
    );
    await once(socket, "open");
    const openChan = { service: "ot", name: `ot:${path}`, action: 2 };
    const opened = channelOpened(socket, "open");
    socket.send(frame({ channel: 0, ref: "open", openChan }));
    return new Mover(socket, await opened, name);
  }

  /** A step of the caret, within the line of that index: the new one, then the end of the old one. */
  moveWithin(line: number): void {
    const position = line * 7 + (++this.#step % 4);
    const caret = { position, selectionStart: position, selectionEnd: position };
    this.#send({ otNewCursor: { id: `${this.#name}.${this.#step}`, ...caret } });
    if (this.#step > 1) this.#send({ otDeleteCursor: { id: `${this.#name}.${this.#step - 1}` } });
  }

  leave(): void {
    this.#socket.close();
  }

  #send(body: api.ICommand): void {
    this.#socket.send(frame({ channel: this.#channel, ...body }));
  }
}

function frame(command: api.ICommand): Uint8Array {
  return protocol.api.Command.encode(protocol.api.Command.fromObject(command)).finish();
}

/** The channel that a request for one was answered with. */
function channelOpened(socket: WebSocket, ref: string): Promise<number> {
  return new Promise((resolve) => {
    const read = (data: Buffer): void => {
      const command = protocol.api.Command.decode(data);
      if (command.ref !== ref) return;
      socket.off("message", read);
      resolve(command.openChanRes?.id ?? 0);
    };
    socket.on("message", read);
  });
}
