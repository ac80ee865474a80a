import { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type { Body, BodyCase, BodyInitFor, ServiceName } from "#common/wire/body.ts";
import { decodeCommand, encodeCommand, type CommandInit } from "#common/wire/codec.ts";
import type { Channel, ChannelEvents, OpenChannel } from "#protocol/channel.ts";

type BodyInit = NonNullable<CommandInit["body"]>;

interface SentRequest {
  readonly body: BodyInit;
  readonly settle: (result: Result<Body, RequestError>) => void;
}

/** The other end of one channel, in the hands of a test. */
export class FakeChannel {
  readonly service: ServiceName;
  readonly name: string;
  readonly #events: ChannelEvents<ServiceName>;
  /** What was sent without asking for an answer. */
  readonly sent: BodyInit[] = [];
  readonly acknowledged: string[] = [];
  readonly requests: SentRequest[] = [];
  isOpen = false;
  closed: "leave" | "end" | undefined;
  reopened = 0;

  constructor(service: ServiceName, name: string, events: ChannelEvents<ServiceName>) {
    this.service = service;
    this.name = name;
    this.#events = events;
  }

  attach(): void {
    this.isOpen = true;
    this.#events.attached?.();
  }

  detach(): void {
    this.isOpen = false;
    for (const { settle } of this.requests.splice(0)) {
      settle(fail(new RequestError("unavailable", "lost")));
    }
    this.#events.detached?.();
  }

  fail(error: RequestError): void {
    this.#events.failed?.(error);
  }

  end(): void {
    this.#events.ended?.();
  }

  /** A body from the container, through the codec as on the wire. */
  receive(body: BodyInit, ref = ""): void {
    this.#events.handle(throughCodec(body) as never, ref);
  }

  /** Answers the oldest request, which must be of that case. */
  answer(expected: BodyCase, body: BodyInit): void {
    const { settle } = this.#take(expected);
    settle(ok(throughCodec(body)));
  }

  refuse(expected: BodyCase, error: RequestError): void {
    this.#take(expected).settle(fail(error));
  }

  #take(expected: BodyCase): SentRequest {
    const request = this.requests.shift();
    if (request?.body.case !== expected) {
      throw new Error(`expected ${expected}, but the next request is ${request?.body.case}`);
    }
    return request;
  }

  facade<S extends ServiceName>(): Channel<S> {
    const isOpen = (): boolean => this.isOpen;
    return {
      get isOpen() {
        return isOpen();
      },
      send: (body: BodyInitFor<S>) => {
        if (this.isOpen) this.sent.push(body);
      },
      acknowledge: (ref) => this.acknowledged.push(ref),
      request: (body) =>
        new Promise((resolve) => {
          const settle = (result: Result<Body, RequestError>): void => resolve(result as never);
          this.requests.push({ body, settle });
        }),
      reopen: () => {
        this.reopened += 1;
      },
      close: (how) => {
        this.closed = how;
      },
    };
  }
}

/** Channels that a test is the peer of. */
export class FakeChannels {
  readonly all: FakeChannel[] = [];

  readonly open: OpenChannel = (service, name, events) => {
    const channel = new FakeChannel(service, name, events as unknown as ChannelEvents<ServiceName>);
    this.all.push(channel);
    return channel.facade();
  };

  /** The newest channel of a service. */
  of(service: ServiceName): FakeChannel {
    const channel = this.all.findLast((other) => other.service === service);
    if (channel === undefined) throw new Error(`no channel of ${service} was opened`);
    return channel;
  }
}

function throughCodec(body: BodyInit): Body {
  const command = decodeCommand(encodeCommand({ body }));
  if (command.body.case === undefined) throw new Error("a body is needed");
  return command.body;
}
