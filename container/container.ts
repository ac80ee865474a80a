import type { Cancel } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { messageOf, ProtocolError } from "#common/lib/errors.ts";
import { decodeCommand, type Command } from "#common/wire/codec.ts";
import { CloseCode, type Transport } from "#common/wire/transport.ts";
import type { BootWork } from "./boot.ts";
import { Channels } from "./channels.ts";
import { Control } from "./control.ts";
import { createDocuments } from "./documents.ts";
import { StoredImages } from "./images.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import type { Platform } from "./platform.ts";
import type {
  AnyServiceDefinition,
  ChannelId,
  FileOperation,
  Images,
  Repl,
  Session,
  SessionId,
} from "./service.ts";
import { ConnectedSession, type Identity } from "./session.ts";
import { StoredValues } from "./values.ts";
import { CONTROL_CHANNEL, RoomWire, type RoomFrame } from "./wire.ts";

export interface ContainerOptions {
  readonly platform: Platform;
  readonly repl: { readonly id: string; readonly language: string; readonly slug: string };
  readonly services: readonly AnyServiceDefinition[];
  /** Done before READY; sessions that come meanwhile see its progress. */
  readonly boot?: BootWork;
  readonly limits?: Partial<Limits>;
}

/** One repl with everyone who is in it: what answers the frames of all their connections. */
export interface Container {
  readonly sessions: ReadonlySet<Session>;
  /** Somebody has asked that it go on without clients (CN13). */
  readonly keptAlive: boolean;
  /** What is shown in the room's talk, for whoever may see it. */
  readonly images: Images;
  /**
   * Lets a client in, whose token the caller has checked. From here on the container owns the
   * transport: it sets its listeners, greets, and closes it when the client misbehaves.
   */
  connect(transport: Transport, identity: Identity): Session;
  /** Calls `listener` each time that the last session has gone. */
  onEmpty(listener: () => void): Cancel;
  /** Calls `listener` with every frame that passes, in either direction. */
  onFrame(listener: (frame: RoomFrame) => void): Cancel;
  /** Tells everyone something. */
  toast(text: string): void;
  /** Sends everyone elsewhere, with the same token; an empty url asks for new connection data. */
  redirect(url: string): void;
  /** Sends everyone away; resolves when all services have let go of what they held. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;
/** 0 is everyone and 1 the schema's own; people start here (CN7). */
const FIRST_SESSION_ID = 2;

export function createContainer(options: ContainerOptions): Container {
  return new Room(options);
}

class Room implements Container {
  readonly sessions = new Set<ConnectedSession>();
  readonly images: Images;

  readonly #platform: Platform;
  readonly #limits: Limits;
  readonly #wire = new RoomWire();
  readonly #channels: Channels;
  readonly #control: Control;
  readonly #joined = new Emitter<Session>();
  readonly #left = new Emitter<Session>();
  readonly #renamed = new Emitter<Session>();
  readonly #emptied = new Emitter<void>();
  #nextSessionId = FIRST_SESSION_ID;

  constructor({ platform, repl, services, boot, limits }: ContainerOptions) {
    this.#platform = platform;
    this.#limits = { ...defaultLimits, ...limits };
    this.images = new StoredImages(platform.storage);
    const fileOperations = new Emitter<FileOperation>();
    const shared: Repl = {
      ...repl,
      sessions: this.sessions,
      toast: (text) => this.#control.toast(text),
      onJoined: (listener) => this.#joined.on(listener),
      onLeft: (listener) => this.#left.on(listener),
      onRenamed: (listener) => this.#renamed.on(listener),
      fileOperations: {
        announce: (operation) => fileOperations.emit(operation),
        on: (listener) => fileOperations.on(listener),
      },
      moves: new Emitter(),
      documents: createDocuments(),
      runs: new Emitter(),
      values: new StoredValues(platform.storage),
      images: this.images,
    };
    const common = { platform, wire: this.#wire, limits: this.#limits };
    this.#channels = new Channels({ ...common, repl: shared, services });
    this.#control = new Control({
      ...common,
      channels: this.#channels,
      sessions: this.sessions,
      boot,
      renamed: this.#renamed,
    });
  }

  get keptAlive(): boolean {
    return this.#control.keptAlive;
  }

  connect(transport: Transport, identity: Identity): Session {
    const session = new ConnectedSession(this.#nextSessionId++ as SessionId, identity, {
      transport,
      maxQueuedBytes: this.#limits.queuedBytes,
      leave: () => this.#leave(session),
    });
    transport.onFrame = (frame) => this.#receive(session, frame);
    transport.onClose = (code, reason) => session.end(code, reason);
    this.sessions.add(session);
    this.#platform.log.info("joined", { tag: "state", session: session.id });
    this.#control.greet(session);
    this.#joined.emit(session);
    return session;
  }

  onEmpty(listener: () => void): Cancel {
    return this.#emptied.on(listener);
  }

  onFrame(listener: (frame: RoomFrame) => void): Cancel {
    return this.#wire.frames.on(listener);
  }

  toast(text: string): void {
    this.#control.toast(text);
  }

  redirect(url: string): void {
    this.#control.redirect(url);
  }

  async close(): Promise<void> {
    this.#control.stop();
    for (const session of this.sessions) {
      session.end(CloseCode.goingAway, "the container has stopped");
    }
    await this.#channels.closeAll();
  }

  #leave(session: ConnectedSession): void {
    this.sessions.delete(session);
    this.#channels.leave(session, false);
    this.#left.emit(session);
    this.#platform.log.info("left", { tag: "state", session: session.id });
    if (this.sessions.size === 0) this.#emptied.emit();
  }

  #receive(session: ConnectedSession, frame: Uint8Array): void {
    if (session.ended) return;
    let command: Command;
    try {
      command = decodeCommand(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#complain(session, error);
      return;
    }
    this.#wire.received(session, frame);
    try {
      this.#dispatch(session, command);
    } catch (error) {
      // A bug of ours in answering one frame must not take the room with it.
      const text = `frame not handled: ${messageOf(error)}`;
      this.#platform.log.error(text, { tag: "invariant", session: session.id });
    }
  }

  #dispatch(session: ConnectedSession, { channel: id, body, ref }: Command): void {
    const channelId = id as ChannelId;
    if (body.case === undefined) {
      // A body of a schema newer than ours looks like none. Whoever waits for an answer gets one.
      if (ref === "") return;
      const value = "bad request: the container does not know this body";
      this.#wire.send(session, channelId, { case: "error", value }, { ref });
    } else if (channelId === CONTROL_CHANNEL) {
      this.#control.handle(session, body, ref);
    } else {
      const channel = this.#channels.of(session, id);
      if (channel !== undefined) channel.handle(body, session, ref);
      else if (!session.isForgiven(channelId)) {
        this.#complain(session, new ProtocolError("CH8", `channel ${id} is not open`));
      }
    }
  }

  /** Drops a broken frame; too many of them end the connection (CN5). */
  #complain(session: ConnectedSession, error: ProtocolError): void {
    const now = this.#platform.clock.now();
    const { badFrames } = session;
    this.#platform.log.warn(error.message, { tag: "wire", session: session.id });
    badFrames.push(now);
    if (badFrames.length < this.#limits.badFramesPerMinute) return;
    const oldest = badFrames.shift() ?? now;
    if (now - oldest > MINUTE_MS) return;
    const text = `too many broken frames: ${error.message}`;
    this.#wire.send(session, CONTROL_CHANNEL, { case: "protocolError", value: { text } });
    session.end(CloseCode.policyViolation, "too many broken frames");
  }
}
