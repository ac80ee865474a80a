import { RequestError } from "#common/lib/errors.ts";
import type { BodyFor, ServiceName } from "#common/wire/body.ts";
import { serviceOfWireName } from "#common/wire/services.ts";
import {
  CloseChannel_Action,
  CloseChannelRes_Status,
  OpenChannel_Action,
  OpenChannelRes_State,
} from "#common/wire/enums.ts";
import { Channel, type ChannelHost } from "./channel.ts";
import type { Limits } from "./limits.ts";
import type { Platform } from "./platform.ts";
import type { AnyServiceDefinition, ChannelId, Repl, ServiceDefinition } from "./service.ts";
import type { ConnectedSession } from "./session.ts";
import { CONTROL_CHANNEL, type RoomWire } from "./wire.ts";

type OpenChannel = BodyFor<"control"> & { case: "openChan" };
type CloseChannel = BodyFor<"control"> & { case: "closeChan" };

/** Services of the wire that take everything and say nothing, so that stock clients live (CH10). */
const silentServices: ReadonlySet<string> = new Set(["null", "open"]);

/** All channels of a container: opens, finds and closes them. */
export class Channels implements ChannelHost {
  readonly platform: Platform;
  readonly repl: Repl;
  readonly wire: RoomWire;

  readonly #definitions: ReadonlyMap<ServiceName, ServiceDefinition<ServiceName>>;
  readonly #limits: Limits;
  /** Ends what services keep beside their channels. */
  readonly #stops: readonly (() => void | Promise<void>)[];
  readonly #open = new Map<ChannelId, Channel>();
  readonly #named = new Map<string, Channel>();
  /** Channels whose services have not let go yet, the last one of each name. */
  readonly #closing = new Map<string, Promise<void>>();
  #lastId = CONTROL_CHANNEL;
  #keepsEmpty = false;

  constructor(init: {
    readonly platform: Platform;
    readonly repl: Repl;
    readonly wire: RoomWire;
    readonly limits: Limits;
    readonly services: readonly AnyServiceDefinition[];
  }) {
    this.platform = init.platform;
    this.repl = init.repl;
    this.wire = init.wire;
    this.#limits = init.limits;
    this.#definitions = new Map(
      // A channel checks each body against `accepts` before its service sees it.
      init.services.map((service) => [service.service, service as ServiceDefinition<ServiceName>]),
    );
    this.#stops = init.services.flatMap((service) => service.start?.(init) ?? []);
  }

  get all(): Iterable<Channel> {
    return this.#open.values();
  }

  /** The channel of that number, when the session is attached to it. */
  of(session: ConnectedSession, id: number): Channel | undefined {
    const channel = this.#open.get(id as ChannelId);
    return channel?.sessions.has(session) === true ? channel : undefined;
  }

  get keepsEmpty(): boolean {
    return this.#keepsEmpty;
  }

  set keepsEmpty(keeps: boolean) {
    this.#keepsEmpty = keeps;
    if (!keeps) for (const channel of this.all) channel.closeWhenEmpty();
  }

  /** Answers one `openChan`, now or when the channel is there. */
  open(session: ConnectedSession, request: OpenChannel["value"], ref: string): void {
    const answer = (channel: Channel, state: OpenChannelRes_State): void => {
      session.opening++;
      channel.attach(session, (error) => {
        session.opening--;
        if (error !== undefined) this.#refuse(session, error, ref);
        else this.#answer(session, { id: channel.id, state }, ref);
      });
    };
    try {
      const { channel, created } = this.#find(session, request);
      if (channel.sessions.has(session)) {
        this.#answer(session, { id: channel.id, state: OpenChannelRes_State.ATTACHED }, ref);
      } else {
        answer(channel, created ? OpenChannelRes_State.CREATED : OpenChannelRes_State.ATTACHED);
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#refuse(session, error, ref);
    }
  }

  /** Answers one `closeChan`. */
  close(session: ConnectedSession, { id, action }: CloseChannel["value"], ref: string): void {
    const channel = this.of(session, id);
    let status: CloseChannelRes_Status = CloseChannelRes_Status.NOTHING;
    if (channel !== undefined) {
      // A viewer only ever takes itself away: what others left running is not its to end (RO3).
      const mayEnd = session.role !== "viewer" || channel.name === "";
      if (action === CloseChannel_Action.CLOSE && !mayEnd) {
        const value = "permission denied: a viewer may not close a channel for others";
        this.wire.send(session, CONTROL_CHANNEL, { case: "error", value }, { ref });
        return;
      }
      const others = [...channel.sessions].filter((other) => other !== session);
      const ends =
        mayEnd &&
        (action === CloseChannel_Action.CLOSE ||
          (action === CloseChannel_Action.TRY_CLOSE && others.length === 0));
      status = ends ? CloseChannelRes_Status.CLOSE : CloseChannelRes_Status.DISCONNECT;
      channel.detach(session);
      if (ends) {
        channel.close();
        for (const other of others) {
          other.forgive(channel.id);
          this.#tellClosed(other, channel.id, status);
        }
      } else {
        channel.closeWhenEmpty();
      }
    }
    this.#tellClosed(session, id as ChannelId, status, ref);
  }

  /** Takes a session out of all its channels; `forGood` leaves no grace period (CN11, RO3). */
  leave(session: ConnectedSession, forGood: boolean): void {
    for (const id of session.channels) {
      const channel = this.of(session, id);
      channel?.detach(session);
      channel?.closeWhenEmpty(forGood && session.role !== "viewer");
    }
  }

  /** Closes everything; resolves when all services have let go. */
  async closeAll(): Promise<void> {
    for (const channel of this.all) channel.close();
    await Promise.all(this.#closing.values());
    for (const stop of this.#stops) await stop();
  }

  removed(channel: Channel, closed: Promise<void>): void {
    this.#open.delete(channel.id);
    if (this.#named.get(channel.name) === channel) this.#named.delete(channel.name);
    const key = channel.name === "" ? `#${channel.id}` : channel.name;
    this.#closing.set(key, closed);
    void closed.then(() => {
      if (this.#closing.get(key) === closed) this.#closing.delete(key);
    });
  }

  #find(
    session: ConnectedSession,
    request: OpenChannel["value"],
  ): { readonly channel: Channel; readonly created: boolean } {
    const { service: wireName, name, action } = request;
    const definition = this.#definitionOf(wireName);
    if (definition !== undefined && !definition.mayOpen.includes(session.role)) {
      throw new RequestError(
        "denied",
        `permission denied: the role ${session.role} may not open ${wireName}`,
      );
    }
    if (name.length > this.#limits.channelNameChars) {
      throw new RequestError("too-large", "channel name is too long");
    }
    if (session.channels.size + session.opening >= this.#limits.channelsPerSession) {
      throw new RequestError(
        "unavailable",
        `too many open channels: the limit is ${this.#limits.channelsPerSession}`,
      );
    }
    const existing = name === "" ? undefined : this.#named.get(name);
    switch (action) {
      case OpenChannel_Action.CREATE:
        if (existing === undefined) break;
        throw new RequestError("exists", `channel "${name}" exists already`);
      case OpenChannel_Action.ATTACH:
        if (existing !== undefined) break;
        throw new RequestError("not-found", `channel "${name}" does not exist`);
      case OpenChannel_Action.ATTACH_OR_CREATE:
        break;
      default:
        throw new RequestError("bad-request", `unknown action ${String(action)}`);
    }
    if (existing === undefined) return { channel: this.#create(name, definition), created: true };
    if (existing.definition !== definition) {
      const holder = existing.definition?.service ?? "null";
      throw new RequestError("exists", `channel "${name}" belongs to the service ${holder}`);
    }
    return { channel: existing, created: false };
  }

  #definitionOf(wireName: string): ServiceDefinition<ServiceName> | undefined {
    if (silentServices.has(wireName)) return undefined;
    const service = serviceOfWireName(wireName);
    if (service === undefined) {
      throw new RequestError("not-found", `unknown service "${wireName.slice(0, 100)}"`);
    }
    const definition = this.#definitions.get(service);
    if (definition === undefined) {
      throw new RequestError("unavailable", `service "${wireName}" is not available here`);
    }
    return definition;
  }

  #create(name: string, definition: ServiceDefinition<ServiceName> | undefined): Channel {
    this.#lastId = (this.#lastId + 1) as ChannelId;
    const after = name === "" ? undefined : this.#closing.get(name);
    const channel = new Channel(this, { id: this.#lastId, name, definition, after });
    if (!channel.isClosed) {
      this.#open.set(channel.id, channel);
      if (name !== "") this.#named.set(name, channel);
    }
    return channel;
  }

  #answer(
    session: ConnectedSession,
    value: { readonly id: number; readonly state: OpenChannelRes_State },
    ref: string,
  ): void {
    this.wire.send(session, CONTROL_CHANNEL, { case: "openChanRes", value }, { ref });
  }

  #refuse(session: ConnectedSession, error: RequestError, ref: string): void {
    const value = { state: OpenChannelRes_State.ERROR, error: error.message };
    this.wire.send(session, CONTROL_CHANNEL, { case: "openChanRes", value }, { ref });
  }

  #tellClosed(
    to: ConnectedSession,
    id: ChannelId,
    status: CloseChannelRes_Status,
    ref?: string,
  ): void {
    this.wire.send(to, CONTROL_CHANNEL, { case: "closeChanRes", value: { id, status } }, { ref });
  }
}
