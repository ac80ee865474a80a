import type { Body, BodyCase } from "#common/wire/body.ts";
import {
  decodeCommand,
  encodeCommand,
  type Command,
  type CommandInit,
} from "#common/wire/codec.ts";
import { OpenChannel_Action, OpenChannelRes_State } from "#common/wire/enums.ts";
import type { Transport } from "#common/wire/transport.ts";

type ValueByCase = { readonly [B in Body as B["case"]]: B["value"] };
type BodyInit = NonNullable<CommandInit["body"]>;

interface Waiter {
  readonly wants: (command: Command) => boolean;
  readonly resolve: (command: Command) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A client that speaks frames and nothing else, so that a test can do what no client library would.
 * It keeps what it has received until a test takes it.
 */
export class FrameClient {
  /** Received and not yet taken, oldest first. */
  readonly received: Command[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Which session this is; known from `ready` on. */
  session = 0;
  readonly #transport: Transport;
  #waiters: Waiter[] = [];
  #refs = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
    transport.onFrame = (frame) => this.#receive(decodeCommand(frame));
    this.closed = new Promise((resolve) => {
      transport.onClose = (code, reason) => {
        resolve({ code, reason });
        for (const waiter of this.#waiters) {
          waiter.reject(new Error(`closed while waiting: ${code} ${reason}`));
        }
        this.#waiters = [];
      };
    });
  }

  sendFrame(frame: Uint8Array): void {
    this.#transport.send([frame]);
  }

  send(channel: number, body: BodyInit, ref = ""): void {
    this.sendFrame(encodeCommand({ channel, body, ref }));
  }

  /** Sends a request and takes its answer, whatever that is. */
  async request(channel: number, body: BodyInit): Promise<Command> {
    const ref = `r${++this.#refs}`;
    this.send(channel, body, ref);
    return this.take((command) => command.ref === ref);
  }

  /** Takes the first command that `wants` is true of, now or when it arrives. */
  take(wants: (command: Command) => boolean): Promise<Command> {
    const index = this.received.findIndex(wants);
    const [command] = index < 0 ? [] : this.received.splice(index, 1);
    if (command !== undefined) return Promise.resolve(command);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ wants, resolve, reject });
    });
  }

  /** Takes the first body of that name on a channel, or on any when none is given. */
  async next<C extends BodyCase>(name: C, channel?: number): Promise<ValueByCase[C]> {
    const command = await this.take(
      ({ body, channel: on }) => body.case === name && (channel ?? on) === on,
    );
    return command.body.value as ValueByCase[C];
  }

  /** Takes everything up to READY and what comes with it. */
  async ready(): Promise<void> {
    const { session } = await this.take(({ body }) => body.case === "hello");
    this.session = session;
    await this.next("hasCap", 0);
    const rest = this.received
      .splice(0)
      .filter(({ body }) => body.case !== "bootStatus" && body.case !== "containerState");
    this.received.push(...rest);
  }

  /** Asks for later bodies, and waits until the container knows. */
  async announceHasCap(): Promise<void> {
    this.send(0, { case: "hasCap", value: true });
    await this.ping();
  }

  /** Resolves when everything that was sent before on channel 0 has been answered. */
  async ping(): Promise<Command> {
    return this.request(0, { case: "ping", value: {} });
  }

  /** Opens a channel, or throws the container's error. */
  async open(
    service: string,
    name = "",
    action: OpenChannel_Action = name === ""
      ? OpenChannel_Action.CREATE
      : OpenChannel_Action.ATTACH_OR_CREATE,
  ): Promise<{ readonly id: number; readonly state: OpenChannelRes_State }> {
    const { body } = await this.request(0, { case: "openChan", value: { service, name, action } });
    if (body.case !== "openChanRes") throw new Error(`openChan answered by ${body.case}`);
    if (body.value.state === OpenChannelRes_State.ERROR) throw new Error(body.value.error);
    return { id: body.value.id, state: body.value.state };
  }

  close(code = 1000, reason = ""): void {
    this.#transport.close(code, reason);
  }

  #receive(command: Command): void {
    const index = this.#waiters.findIndex(({ wants }) => wants(command));
    const [waiter] = index < 0 ? [] : this.#waiters.splice(index, 1);
    if (waiter === undefined) this.received.push(command);
    else waiter.resolve(command);
  }
}
