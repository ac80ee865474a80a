import type { Cancel, Clock } from "#common/lib/clock.ts";
import { assert, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { randomId, type Random } from "#common/lib/random.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import {
  isFor,
  type Body,
  type BodyFor,
  type BodyInitFor,
  type ServiceName,
} from "#common/wire/body.ts";
import type { Command, CommandInit } from "#common/wire/codec.ts";
import {
  CloseChannel_Action,
  OpenChannel_Action,
  OpenChannelRes_State,
} from "#common/wire/enums.ts";
import { isReplyTo, type RequestCase } from "#common/wire/requests.ts";
import { wireNameOf, type ChannelServiceName } from "#common/wire/services.ts";
import type { Channel, ChannelEvents, OpenChannel } from "../channel.ts";
import { errorCodeOf } from "../errorCodes.ts";

/** Time for an answer that needs no long work. Some servers never give one (CL10). */
const REQUEST_TIMEOUT_MS = 30_000;

/** The same for the opening of a channel, for which the user may be waiting. */
const OPEN_TIMEOUT_MS = 10_000;

export interface RouterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Sends a command over the present connection; false when it is larger than a frame may be. */
  send(command: CommandInit): boolean;
  /** Bodies of channel 0 that are not the router's own, with the session they are stamped with. */
  handleControl(body: BodyFor<"control">, session: number): void;
  /** Channel 0 is open. What is sent now goes out before any channel is opened. */
  handleControlOpen(): void;
}

/** Something to be sent and answered. */
interface PendingRequest {
  readonly channel: RoutedChannel;
  readonly case: RequestCase;
  readonly body: CommandInit["body"];
  readonly ref: string;
  readonly repeatable: boolean;
  readonly settle: (result: Result<Body, RequestError>) => void;
  cancelTimer: Cancel;
}

/** A channel without the types of its service: what the router handles. */
interface RoutedChannel {
  readonly service: ServiceName;
  readonly name: string;
  /** Where the channel stands; `id` only while it is open. */
  state: "waiting" | "opening" | "open" | "failed" | "closed";
  id: number | undefined;
  readonly handle: (body: Body, ref: string) => void;
  readonly attached: () => void;
  readonly detached: () => void;
  readonly failed: (error: RequestError) => void;
  readonly ended: () => void;
}

/**
 * Takes commands to channels and back. It knows which channels its user wants, opens them whenever
 * there is a connection, pairs requests with their answers, and drops with a line in the log what
 * no channel is open for.
 */
export class Router {
  /** Channel 0, open whenever there is a connection. */
  readonly control: Channel<"control">;
  readonly #control: RoutedChannel;
  readonly #options: RouterOptions;
  readonly #channels = new Set<RoutedChannel>();
  readonly #openById = new Map<number, RoutedChannel>();
  /** Channels whose opening was given up, by ref: the network may only have been slow. */
  readonly #lateOpens = new Map<string, RoutedChannel>();
  /** Channels that we have closed and that may still speak until the peer knows. */
  readonly #leftIds = new Set<number>();
  /** In the order in which they were made. Those of an open channel are on the wire. */
  readonly #requestsByRef = new Map<string, PendingRequest>();
  /** Tells refs of ours from those that ask us for an acknowledgement. */
  readonly #refPrefix: string;
  #refs = 0;
  #connected = false;
  /** Why there will be no connection, unless the user asks for one. */
  #endReason: string | undefined;
  #session = 0;

  constructor(options: RouterOptions) {
    this.#options = options;
    // Short, as each keystroke carries it twice. The container's own refs have no such beginning.
    this.#refPrefix = `${randomId(options.random).slice(0, 1)}-`;
    this.#control = {
      service: "control",
      name: "",
      state: "waiting",
      id: undefined,
      handle: (body) => options.handleControl(body as BodyFor<"control">, this.#session),
      attached: () => options.handleControlOpen(),
      detached: () => {},
      failed: () => {},
      ended: () => {},
    };
    this.control = this.#facade(this.#control);
    this.#listenToControl();
  }

  /**
   * Opens a channel as soon as there is a connection, and again with each one after. A named channel
   * may be open only once at a time: a session cannot attach to it twice.
   */
  readonly open: OpenChannel = (service, name, events) => {
    const channel = routed(service, name, events);
    const isTaken = [...this.#channels].some(
      (other) => name !== "" && other.name === name && other.service === service,
    );
    assert(!isTaken, `${service} channel ${name} is open already`);
    this.#channels.add(channel);
    if (this.#connected) {
      this.#openChannel(channel);
    } else if (this.#endReason !== undefined) {
      // Not in this call: whoever opens it has no channel in hand yet.
      void Promise.resolve().then(() => this.#failForNow(channel));
    }
    return this.#facade(channel);
  };

  /** There is a connection: opens every channel. */
  handleReady(): void {
    this.#connected = true;
    this.#endReason = undefined;
    this.#control.state = "open";
    this.#control.id = 0;
    this.#control.attached();
    this.#sendPending(this.#control);
    for (const channel of [...this.#channels]) this.#openChannel(channel);
  }

  /** The connection is gone. Requests that may not be repeated are answered `unavailable`. */
  handleLost(): void {
    this.#connected = false;
    const open = [...this.#openById.values()];
    this.#openById.clear();
    this.#listenToControl();
    this.#leftIds.clear();
    this.#lateOpens.clear();
    for (const channel of [this.#control, ...this.#channels]) {
      channel.state = "waiting";
      channel.id = undefined;
    }
    for (const request of [...this.#requestsByRef.values()]) {
      if (!request.repeatable) this.#settle(request, fail(lostError()));
    }
    for (const channel of open) channel.detached();
  }

  /** Channel 0 tells of the boot before anything can be sent on it. */
  #listenToControl(): void {
    this.#openById.set(0, this.#control);
  }

  /** There will be no connection, unless the user asks for one: nothing waits for it any more. */
  handleEnd(reason: string): void {
    this.#endReason = reason;
    const error = new RequestError("unavailable", reason);
    for (const request of [...this.#requestsByRef.values()]) this.#settle(request, fail(error));
    for (const channel of [...this.#channels]) this.#failForNow(channel);
  }

  #failForNow(channel: RoutedChannel): void {
    if (this.#endReason === undefined || channel.state === "closed") return;
    channel.failed(new RequestError("unavailable", this.#endReason));
  }

  handle(command: Command): void {
    const { body, ref } = command;
    this.#session = command.session;
    const channel = this.#openById.get(command.channel);
    if (channel === undefined) {
      if (!this.#leftIds.has(command.channel)) this.#drop(command, "no such channel");
    } else if (!isFor(channel.service, body)) {
      this.#drop(command, `not for ${channel.service}`);
    } else if (ref.startsWith(this.#refPrefix)) {
      this.#handleReply(command, channel, body);
    } else if (body.case === "closeChanRes" && channel === this.#control) {
      this.#handleEnded(body.value.id);
    } else {
      channel.handle(body, ref);
    }
  }

  #handleReply({ ref }: Command, channel: RoutedChannel, body: Body): void {
    const request = this.#requestsByRef.get(ref);
    if (request === undefined || request.channel !== channel) {
      // Its request has timed out: a late answer is normal. Only an opened channel needs care.
      if (body.case === "openChanRes" && body.value.state !== OpenChannelRes_State.ERROR) {
        const late = this.#lateOpens.get(ref);
        if (late === undefined) this.#leave(body.value.id, "leave");
        else this.#handleOpened(late, ok(body));
      }
    } else if (body.case === "error") {
      this.#settle(request, fail(new RequestError(errorCodeOf(body.value), body.value)));
    } else if (isReplyTo(request.case, body)) {
      this.#settle(request, ok(body));
    } else {
      const text = `unexpected ${body.case} in answer to ${request.case}`;
      this.#options.log.warn(text, { tag: "wire" });
      this.#settle(request, fail(new RequestError("protocol", text)));
    }
  }

  /** A `closeChanRes` that nobody asked for: someone has ended the channel for everyone (CH7). */
  #handleEnded(id: number): void {
    const channel = this.#openById.get(id);
    if (channel === undefined || channel === this.#control) return;
    this.#forget(channel);
    channel.ended();
  }

  /** The channel, or the one that has taken its name since: on the wire they are one. */
  #wantedLike(channel: RoutedChannel): RoutedChannel | undefined {
    if (this.#channels.has(channel)) return channel;
    const { service, name } = channel;
    if (name === "") return undefined;
    return [...this.#channels].find((other) => other.service === service && other.name === name);
  }

  #openChannel(channel: RoutedChannel): void {
    channel.state = "opening";
    const ref = this.#request(
      this.#control,
      {
        case: "openChan",
        value: {
          service: wireNameOf(channel.service as ChannelServiceName),
          name: channel.name,
          action:
            channel.name === "" ? OpenChannel_Action.CREATE : OpenChannel_Action.ATTACH_OR_CREATE,
        },
      },
      { timeoutMs: OPEN_TIMEOUT_MS, repeatable: false },
      (result) => {
        if (!result.ok && result.error.code === "timeout") this.#lateOpens.set(ref, channel);
        this.#handleOpened(channel, result);
      },
    );
  }

  #handleOpened(channel: RoutedChannel, result: Result<Body, RequestError>): void {
    if (result.ok) {
      if (result.value.case !== "openChanRes") return;
      const { id, state, error } = result.value.value;
      if (state === OpenChannelRes_State.ERROR) {
        this.#handleFailed(channel, new RequestError(errorCodeOf(error), error));
        return;
      }
      const wanted = this.#wantedLike(channel);
      if (wanted === undefined) {
        this.#leave(id, "leave");
      } else if (wanted.state !== "open") {
        wanted.state = "open";
        wanted.id = id;
        this.#leftIds.delete(id);
        this.#openById.set(id, wanted);
        wanted.attached();
        this.#sendPending(wanted);
      }
    } else if (this.#connected) {
      this.#handleFailed(channel, result.error);
    }
  }

  #handleFailed(channel: RoutedChannel, error: RequestError): void {
    if (channel.state !== "opening") return;
    channel.state = "failed";
    this.#options.log.info(`cannot open: ${error.message}`, logFields(channel));
    for (const request of this.#requestsOf(channel)) this.#settle(request, fail(error));
    channel.failed(error);
  }

  #facade<S extends ServiceName>(channel: RoutedChannel): Channel<S> {
    return {
      get isOpen() {
        return channel.state === "open";
      },
      send: (body: BodyInitFor<S>) => void this.#send(channel, body, ""),
      acknowledge: (ref) => void this.#send(channel, { case: "ok", value: {} }, ref),
      request: (body, options = {}) =>
        new Promise((resolve) => {
          this.#request(
            channel,
            body,
            {
              timeoutMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS,
              repeatable: options.repeatable ?? false,
            },
            // `#handleReply` has checked that the body answers this request.
            (result) => resolve(result as Awaited<ReturnType<Channel<S>["request"]>> as never),
          );
        }),
      reopen: () => this.#reopen(channel),
      close: (how) => this.#close(channel, how),
    };
  }

  /** Sends unless the channel is closed just now; false when the body is too large to be sent. */
  #send(channel: RoutedChannel, body: CommandInit["body"], ref: string): boolean {
    if (channel.id === undefined || body === undefined) return true;
    return this.#options.send({ channel: channel.id, ref, body });
  }

  #sendRequest(request: PendingRequest): void {
    if (this.#send(request.channel, request.body, request.ref)) return;
    const error = new RequestError("too-large", `${request.case}: too large to be sent`);
    this.#settle(request, fail(error));
  }

  #request(
    channel: RoutedChannel,
    body: CommandInit["body"] & { readonly case: RequestCase },
    options: { readonly timeoutMs: number | "none"; readonly repeatable: boolean },
    settle: PendingRequest["settle"],
  ): string {
    const isHere = channel.state === "opening" || channel.state === "open";
    const mayWait =
      channel.state === "waiting" && options.repeatable && this.#endReason === undefined;
    if (!isHere && !mayWait) {
      settle(fail(channel.state === "closed" ? closedError() : lostError()));
      return "";
    }
    this.#refs += 1;
    const request: PendingRequest = {
      channel,
      case: body.case,
      body,
      ref: this.#refPrefix + this.#refs.toString(36),
      repeatable: options.repeatable,
      settle,
      cancelTimer: () => {},
    };
    this.#requestsByRef.set(request.ref, request);
    if (options.timeoutMs !== "none") {
      request.cancelTimer = this.#options.clock.after(options.timeoutMs, () =>
        this.#settle(request, fail(new RequestError("timeout", `${body.case}: no answer`))),
      );
    }
    this.#sendRequest(request);
    return request.ref;
  }

  #settle(request: PendingRequest, result: Result<Body, RequestError>): void {
    if (!this.#requestsByRef.delete(request.ref)) return;
    request.cancelTimer();
    request.settle(result);
  }

  #requestsOf(channel: RoutedChannel): readonly PendingRequest[] {
    return [...this.#requestsByRef.values()].filter((request) => request.channel === channel);
  }

  /** Sends what was asked for while the channel was not open. */
  #sendPending(channel: RoutedChannel): void {
    for (const request of this.#requestsOf(channel)) this.#sendRequest(request);
  }

  #close(channel: RoutedChannel, how: "leave" | "end"): void {
    const { id } = channel;
    this.#forget(channel);
    if (id !== undefined) this.#leave(id, how);
  }

  #reopen(channel: RoutedChannel): void {
    const { id } = channel;
    if (id === undefined || channel === this.#control) return;
    this.#openById.delete(id);
    channel.id = undefined;
    this.#leave(id, "leave");
    this.#openChannel(channel);
    channel.detached();
  }

  #forget(channel: RoutedChannel): void {
    this.#channels.delete(channel);
    if (channel.id !== undefined) this.#openById.delete(channel.id);
    channel.id = undefined;
    channel.state = "closed";
    for (const request of this.#requestsOf(channel)) this.#settle(request, fail(closedError()));
  }

  /** Tells the peer that we are out. Its answer is not waited for: some never give one (CL10). */
  #leave(id: number, how: "leave" | "end"): void {
    this.#leftIds.add(id);
    this.#refs += 1;
    this.#options.send({
      ref: this.#refPrefix + this.#refs.toString(36),
      body: {
        case: "closeChan",
        value: {
          id,
          action: how === "end" ? CloseChannel_Action.CLOSE : CloseChannel_Action.DISCONNECT,
        },
      },
    });
  }

  #drop(command: Command, why: string): void {
    this.#options.log.warn(`dropped ${command.body.case ?? "a command without body"}: ${why}`, {
      tag: "wire",
      channel: command.channel,
    });
  }
}

/** Forgets the types of a service; `handle` gets only bodies that `isFor` has let through. */
function routed<S extends ServiceName>(
  service: S,
  name: string,
  events: ChannelEvents<S>,
): RoutedChannel {
  return {
    service,
    name,
    state: "waiting",
    id: undefined,
    handle: (body, ref) => events.handle(body as BodyFor<S>, ref),
    attached: () => events.attached?.(),
    detached: () => events.detached?.(),
    failed: (error) => events.failed?.(error),
    ended: () => events.ended?.(),
  };
}

function logFields(channel: RoutedChannel): { readonly service: string; readonly name: string } {
  return { service: channel.service, name: channel.name };
}

function lostError(): RequestError {
  return new RequestError("unavailable", "There is no connection.");
}

function closedError(): RequestError {
  return new RequestError("closed", "It has been closed.");
}
