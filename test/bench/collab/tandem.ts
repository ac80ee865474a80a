import type { WebSocket } from "ws";
import { createClient, step, type ClientInput } from "#common/ot/client.ts";
import { apply, codePointLength, type Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { decodeCommand, encodeCommand, type CommandInit } from "#common/wire/codec.ts";
import type { Transport } from "#common/wire/transport.ts";
import { componentsOf, wireOps } from "#container/services/ot/commit.ts";
import { FrameClient } from "#test/helpers/frameClient.ts";
import { dial } from "#test/helpers/webSocketClient.ts";
import { RawSocket } from "./rawSocket.ts";
import {
  connectionOf,
  openMany,
  type Crowd,
  type Pair,
  type RoomAddress,
  type Typist,
} from "./room.ts";

/** Joins the text by its channel and links it; tells the channel and what the text is. */
async function join(client: FrameClient, { name }: RoomAddress) {
  await client.ready();
  const { id } = await client.open("ot", `ot:${name}`);
  const status = await client.next("otstatus", id);
  if (status.linkedFile !== undefined) {
    return { id, version: status.version, text: status.contents };
  }
  const { body } = await client.request(id, {
    case: "otLinkFile",
    value: { file: { path: name } },
  });
  if (body.case !== "otLinkFileResponse") throw new Error(`link answered by ${body.case}`);
  const whole = await client.next("ot", id);
  return { id, version: body.value.version, text: apply("", componentsOf(whole.ops)) };
}

export async function tandemCrowd(address: RoomAddress, size: number): Promise<Crowd> {
  const typists = await openMany(size, async (i) => {
    const transport: Transport = {
      send: (frames) => frames.forEach((frame) => socket.send(frame)),
      queuedBytes: 0,
      close: () => socket.destroy(),
      onFrame: () => {},
      onClose: () => {},
    };
    const client = new FrameClient(transport);
    const socket = await RawSocket.open(`${address.url}/wsv2/${address.token}`, (payload) =>
      transport.onFrame(Uint8Array.from(payload)),
    );
    const { id, version, text } = await join(client, address);
    socket.onMessage = undefined;
    socket.messages = 0;
    const position = Math.floor((codePointLength(text) * i) / size);
    const typist: Typist = {
      socket,
      type(edit) {
        // From here on every message is one packet, which makes one version.
        const spookyVersion = version + socket.messages;
        const ops = wireOps(position === 0 ? ["x"] : [position, "x"]);
        const body = { case: "ot", value: { spookyVersion, ops, nonce: edit + 1 } } as const;
        socket.send(encodeCommand({ channel: id, body }));
      },
    };
    return typist;
  });
  return {
    typists,
    editOf(payload) {
      const { body } = decodeCommand(payload);
      return body.case === "ot" ? body.value.nonce - 1 : undefined;
    },
  };
}

/** A client of the app's own parts: codec, client machine and text, on a real WebSocket. */
class Editor {
  readonly text: Text;
  readonly #socket: WebSocket;
  readonly #channel: number;
  #state;
  onApplied: () => void = () => {};

  constructor(
    socket: WebSocket,
    joined: { readonly id: number; readonly version: number; readonly text: string },
    nonce: number,
  ) {
    this.#socket = socket;
    this.#channel = joined.id;
    this.text = Text.from(joined.text);
    this.#state = createClient(joined.version, nonce);
    socket.removeAllListeners("message");
    socket.on("message", (frame: Buffer) => {
      const { body } = decodeCommand(frame);
      if (body.case === "error") throw new Error(body.value);
      if (body.case !== "ot") return;
      const { version, ops, nonce: echoed, userId } = body.value;
      const packet = { version, op: componentsOf(ops), nonce: echoed, userId };
      this.#step({ kind: "packet", packet });
    });
  }

  edit(op: Op): void {
    this.text.apply(op);
    this.#step({ kind: "edit", op });
  }

  #step(input: ClientInput): void {
    const [next, outputs] = step(this.#state, input);
    this.#state = next;
    for (const output of outputs) {
      if (output.kind === "apply") {
        this.text.apply(output.op);
        this.onApplied();
      } else if (output.kind === "send") {
        const { base, op, nonce } = output;
        const value = { spookyVersion: base, ops: wireOps(op), nonce };
        const body = { case: "ot", value } as const;
        // The app asks for an answer, too, by a ref of this length.
        const ref = `k-${(nonce % 1000).toString(36)}`;
        const command: CommandInit = { channel: this.#channel, ref, body };
        this.#socket.send(encodeCommand(command));
      } else {
        throw new Error(`the link is not lost, and asks for ${output.kind}`);
      }
    }
  }
}

export async function tandemPair(address: RoomAddress): Promise<Pair> {
  const open = async (nonce: number): Promise<readonly [WebSocket, Editor]> => {
    const { client, socket } = await dial(address.url, address.token);
    return [socket, new Editor(socket, await join(client, address), nonce)];
  };
  const [firstSocket, first] = await open(1_000_000_000);
  const [secondSocket, second] = await open(2_000_000_000);
  let typed = 0;
  const pair: Pair = {
    type: () => first.edit([1 + ((typed++ * 37) % first.text.length), "x"]),
    onArrived: () => {},
    traffic: () => ({
      sent: connectionOf(firstSocket).bytesWritten,
      received: connectionOf(secondSocket).bytesRead,
    }),
    close() {
      firstSocket.close();
      secondSocket.close();
    },
  };
  second.onApplied = () => pair.onArrived();
  return pair;
}
