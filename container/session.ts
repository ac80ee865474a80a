import { CloseCode, type Transport } from "#common/wire/transport.ts";
import type { ChannelId, Role, Session, SessionId } from "./service.ts";

/** Who is behind a connection, as its token says. */
export interface Identity {
  readonly userId: number;
  readonly name: string;
  readonly role: Role;
  /** Has no account: may choose the name that others see (CN10). */
  readonly guest: boolean;
}

/** How many channels that others have closed a session is forgiven to know as open. */
const FORGIVEN_CHANNELS = 1000;

/** A session as the container sees it: services get the `Session` half. */
export class ConnectedSession implements Session {
  readonly id: SessionId;
  readonly userId: number;
  name: string;
  readonly role: Role;
  readonly guest: boolean;
  hasCap = false;
  /** It has been told READY, and may open channels. */
  ready = false;
  /** Channels that it is attached to. */
  readonly channels = new Set<ChannelId>();
  /** Opens that are not answered yet. */
  opening = 0;
  /** Times of its last broken frames, oldest first. */
  readonly badFrames: number[] = [];

  readonly #transport: Transport;
  readonly #maxQueuedBytes: number;
  readonly #leave: () => void;
  readonly #closedByOthers = new Set<ChannelId>();
  #ended = false;
  #overflowed = false;

  constructor(
    id: SessionId,
    identity: Identity,
    connection: {
      readonly transport: Transport;
      readonly maxQueuedBytes: number;
      /** Called once, when the session has ended for whatever reason. */
      readonly leave: () => void;
    },
  ) {
    this.id = id;
    this.userId = identity.userId;
    this.name = identity.name;
    this.role = identity.role;
    this.guest = identity.guest;
    this.#transport = connection.transport;
    this.#maxQueuedBytes = connection.maxQueuedBytes;
    this.#leave = connection.leave;
  }

  get queuedBytes(): number {
    return this.#transport.queuedBytes;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Queues frames; a client that has let too much pile up is closed and must come back (CN8). */
  deliver(frames: readonly Uint8Array[]): void {
    if (this.#ended || this.#overflowed) return;
    let bytes = this.#transport.queuedBytes;
    for (const { byteLength } of frames) bytes += byteLength;
    if (bytes <= this.#maxQueuedBytes) {
      this.#transport.send(frames);
      return;
    }
    this.#overflowed = true;
    // Later: what others hear of its leaving must not overtake the frame that is being sent round.
    void Promise.resolve().then(() => this.end(CloseCode.tryAgainLater, "too slow: reconnect"));
  }

  /** Ends the session, if it has not ended, and closes its transport. */
  end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#leave();
    this.#transport.close(code, reason);
  }

  /** Someone else has closed the channel, while this end may still be talking to it (CH7). */
  forgive(channel: ChannelId): void {
    this.#closedByOthers.add(channel);
    for (const oldest of this.#closedByOthers) {
      if (this.#closedByOthers.size <= FORGIVEN_CHANNELS) break;
      this.#closedByOthers.delete(oldest);
    }
  }

  isForgiven(channel: ChannelId): boolean {
    return this.#closedByOthers.has(channel);
  }
}
