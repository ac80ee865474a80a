import type { Cancel } from "#common/lib/clock.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { isFor, type Body, type BodyInitFor, type ServiceName } from "#common/wire/body.ts";
import type { Platform } from "./platform.ts";
import type {
  ChannelId,
  Repl,
  Reply,
  Service,
  ServiceChannel,
  ServiceDefinition,
  Session,
} from "./service.ts";
import { SerialQueue } from "./serialQueue.ts";
import type { ConnectedSession } from "./session.ts";
import type { RoomWire } from "./wire.ts";

/** What all channels of a container share. */
export interface ChannelHost {
  readonly platform: Platform;
  readonly repl: Repl;
  readonly wire: RoomWire;
  /** A channel has gone; `closed` resolves when its service has let go of everything. */
  removed(channel: Channel, closed: Promise<void>): void;
  /** Somebody has asked that channels outlive their sessions (CN13). */
  readonly keepsEmpty: boolean;
}

export interface ChannelInit {
  readonly id: ChannelId;
  /** Empty for an anonymous channel. */
  readonly name: string;
  /** What answers it; undefined for the wire's `null` and `open`, which take all and say nothing. */
  readonly definition: ServiceDefinition<ServiceName> | undefined;
  /** The service is made only after this: an earlier channel of the name may still be closing. */
  readonly after: Promise<void> | undefined;
}

/** Is called with the error when the channel could not be made, or has closed meanwhile. */
type Attached = (error?: RequestError) => void;

/**
 * One channel: who is attached to it, and the service that answers it. Everything that the service
 * is told goes through one queue, so that it sees one thing at a time in the order of the wire,
 * while other channels go on.
 */
export class Channel implements ServiceChannel<ServiceName> {
  readonly id: ChannelId;
  readonly name: string;
  readonly definition: ServiceDefinition<ServiceName> | undefined;
  readonly sessions = new Set<ConnectedSession>();

  readonly #host: ChannelHost;
  readonly #log: Logger;
  readonly #queue = new SerialQueue();
  #service: Service<ServiceName> | undefined;
  #failure: RequestError | undefined;
  /** Sessions that are on their way in. */
  #coming = 0;
  #cancelLinger: Cancel | undefined;

  constructor(host: ChannelHost, init: ChannelInit) {
    this.id = init.id;
    this.name = init.name;
    this.definition = init.definition;
    this.#host = host;
    this.#log = host.platform.log.child({
      channel: init.id,
      service: init.definition?.service ?? "null",
    });
    const { definition, after } = init;
    if (definition !== undefined) this.#queue.run(() => this.#create(definition, after));
  }

  get isClosed(): boolean {
    return this.#failure !== undefined;
  }

  send(to: Session, body: BodyInitFor<ServiceName>, ref?: string): void {
    const session = this.#attached(to);
    if (session !== undefined) this.#host.wire.send(session, this.id, body, { ref });
  }

  broadcast(body: BodyInitFor<ServiceName>, options?: { readonly except?: Session }): void {
    if (this.sessions.size === 0) return;
    this.#host.wire.broadcast(this.sessions, this.id, [body], options?.except);
  }

  broadcastAll(bodies: readonly BodyInitFor<ServiceName>[]): void {
    if (this.sessions.size > 0) this.#host.wire.broadcast(this.sessions, this.id, bodies);
  }

  /** Lets a session in, as soon as what came before is done. `attached` answers its `openChan`. */
  attach(session: ConnectedSession, attached: Attached): void {
    this.#coming++;
    this.#cancelLinger?.();
    this.#queue.run(() => {
      this.#coming--;
      if (this.#failure !== undefined) return attached(this.#failure);
      if (session.ended) return this.closeWhenEmpty();
      if (this.sessions.has(session)) return attached();
      this.sessions.add(session);
      session.channels.add(this.id);
      attached();
      return this.#guard(() => this.#service?.attach(session));
    });
  }

  /** Lets a session out at once; the service learns of it in its turn. */
  detach(session: ConnectedSession): void {
    if (!this.sessions.delete(session)) return;
    session.channels.delete(this.id);
    this.#queue.run(() => this.#guard(() => this.#service?.detach(session)));
  }

  /** One body from a session that is attached. */
  handle(body: Body, from: ConnectedSession, ref: string): void {
    const { definition } = this;
    if (definition === undefined) return;
    const { service } = definition;
    const sent = body.case;
    if (!isFor(service, body)) {
      this.#refuse(from, ref, `bad request: ${service} takes no ${sent}`);
    } else if (from.role === "viewer" && !definition.viewerMay.has(sent)) {
      this.#refuse(from, ref, `permission denied: a viewer may not send ${sent}`);
    } else {
      const reply = this.#replyTo(from, ref);
      this.#queue.run(() => {
        // Whoever has left does not wait for answers, but what was asked is still done.
        return this.#guard(() => this.#service?.handle(body, from, reply, ref), reply);
      });
    }
  }

  /**
   * Starts the time after which an empty channel goes: none for an anonymous one, or when `now` is
   * true.
   */
  closeWhenEmpty(now = false): void {
    if (this.isClosed || this.sessions.size > 0 || this.#coming > 0) return;
    const lingerMs = this.name === "" ? 0 : (this.definition?.lingerMs ?? 0);
    this.#cancelLinger?.();
    if (now || lingerMs <= 0) return this.close();
    if (this.#host.keepsEmpty || lingerMs === Number.POSITIVE_INFINITY) return;
    this.#cancelLinger = this.#host.platform.clock.after(lingerMs, () => this.close());
  }

  /** Ends the channel for everyone. Telling the sessions is the caller's business. */
  close(): void {
    this.#end(new RequestError("closed", "channel was closed"));
  }

  #end(failure: RequestError): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#cancelLinger?.();
    for (const session of this.sessions) session.channels.delete(this.id);
    this.sessions.clear();
    const closed = new Promise<void>((resolve) => {
      this.#queue.run(async () => {
        await this.#guard(() => this.#service?.close());
        resolve();
      });
    });
    this.#host.removed(this, closed);
  }

  #create(
    definition: ServiceDefinition<ServiceName>,
    after: Promise<void> | undefined,
  ): void | Promise<void> {
    const context = { platform: this.#host.platform, channel: this, repl: this.#host.repl };
    const fail = (error: unknown): void => {
      this.#end(error instanceof RequestError ? error : this.#internalError(error));
    };
    try {
      const made =
        after === undefined
          ? definition.create(context)
          : after.then(() => definition.create(context));
      if (!(made instanceof Promise)) {
        this.#service = made;
        return undefined;
      }
      return made.then((service) => {
        this.#service = service;
      }, fail);
    } catch (error) {
      return fail(error);
    }
  }

  /** Runs one call of the service; what it throws goes to `reply` and into the log, no further. */
  #guard(call: () => void | Promise<void>, reply?: Reply<ServiceName>): void | Promise<void> {
    const fail = (error: unknown): void => {
      const told = error instanceof RequestError ? error : this.#internalError(error);
      reply?.({ case: "error", value: told.message });
    };
    try {
      const pending = call();
      return pending instanceof Promise ? pending.catch(fail) : undefined;
    } catch (error) {
      return fail(error);
    }
  }

  #replyTo(from: ConnectedSession, ref: string): Reply<ServiceName> {
    let answered = false;
    return (body, later) => {
      if (answered) {
        this.#log.error(`a second reply: ${body.case}`, { tag: "invariant", session: from.id });
        return;
      }
      answered = true;
      // Without a ref nobody waits for an answer; bad news are told all the same.
      if (ref === "" && body.case !== "error") return;
      const session = this.#attached(from);
      if (session !== undefined) this.#host.wire.send(session, this.id, body, { ref, later });
    };
  }

  #refuse(session: ConnectedSession, ref: string, why: string): void {
    this.#log.info(why, { tag: "wire", session: session.id });
    this.#host.wire.send(session, this.id, { case: "error", value: why }, { ref });
  }

  /** The container's side of a session, if it is attached here still. */
  #attached(session: Session): ConnectedSession | undefined {
    // Services hold nothing but sessions that the container gave them.
    const connected = session as ConnectedSession;
    return this.sessions.has(connected) ? connected : undefined;
  }

  #internalError(error: unknown): RequestError {
    this.#log.error(`service failed: ${messageOf(error)}`, { tag: "invariant" });
    return new RequestError("failed", "internal error");
  }
}
