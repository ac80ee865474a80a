import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import type { BodyFor, BodyInitFor, ServiceName } from "#common/wire/body.ts";
import type { ReplyTo, RequestCase } from "#common/wire/requests.ts";
import type { ChannelServiceName } from "#common/wire/services.ts";

/** The bodies of a service that are answered. */
type RequestFor<S extends ServiceName> = Extract<BodyInitFor<S>, { case: RequestCase }>;

export interface RequestOptions {
  /** How long to wait for the answer, in milliseconds; none while the work may take any time. */
  readonly timeoutMs?: number | "none";
  /**
   * Asking twice does no harm: waits for the channel to open, and asks again on the next connection
   * when one is lost over it.
   */
  readonly repeatable?: boolean;
}

/**
 * One channel, as the client half of a service sees it. It outlives connections: the router opens
 * it again on each, and says so through `ChannelEvents`.
 */
export interface Channel<S extends ServiceName> {
  readonly isOpen: boolean;
  /** Sends one body. While the channel is not open it is dropped. */
  send(body: BodyInitFor<S>): void;
  /** Acknowledges a body that came with a ref (SH4). */
  acknowledge(ref: string): void;
  /**
   * Sends one body and gives its answer. Always settles: with the reply, with the peer's error, with
   * `timeout`, with `closed`, or with `unavailable` when there is no connection or it is lost first.
   */
  request<B extends RequestFor<S>>(
    body: B,
    options?: RequestOptions,
  ): Promise<Result<ReplyTo<B["case"]>, RequestError>>;
  /** Leaves and opens it anew, so that the peer tells its whole state once more. */
  reopen(): void;
  /** Leaves the channel; `end` also ends it for everyone else. No event follows. */
  close(how: "leave" | "end"): void;
}

/** What happens to a channel. `attached` comes before each life's bodies, `detached` after them. */
export interface ChannelEvents<S extends ServiceName> {
  attached?(): void;
  /** One body; `ref` is not empty when the peer wants it acknowledged. */
  handle(body: BodyFor<S>, ref: string): void;
  /** The connection is lost; the channel opens again with the next one. */
  detached?(): void;
  /** It could not be opened. It is tried again with the next connection. */
  failed?(error: RequestError): void;
  /** Someone ended it for everyone. */
  ended?(): void;
}

/** Opens a channel: a named one is shared by all who open that name, one without is private. */
export type OpenChannel = <S extends ChannelServiceName>(
  service: S,
  name: string,
  events: ChannelEvents<S>,
) => Channel<S>;
