import { assertNever } from "#common/lib/assertNever.ts";
import type { Clock } from "#common/lib/clock.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import type { Channel } from "../channel.ts";
import type { ServiceContext } from "../service.ts";

export type ChatEvent =
  /** A connection has begun, and nobody is known to be typing. */
  | { readonly kind: "entered" }
  | { readonly kind: "typing"; readonly author: string; readonly typing: boolean };

/** "Is typing" is told again this often while it lasts; others let it expire somewhat later. */
const TYPING_INTERVAL_MS = 2_000;

/** Who is typing. What is said stands in the log `chat` of metadata, with times and accounts (CT6). */
export class ChatService {
  readonly #clock: Clock;
  readonly #emit: (event: ChatEvent) => void;
  readonly #channel: Channel<"chat">;
  /** When "is typing" was told last; undefined while the others believe that I am not. */
  #typingSinceMs: number | undefined;

  constructor({ clock, open, emit }: ServiceContext<ChatEvent>) {
    this.#clock = clock;
    this.#emit = emit;
    this.#channel = open("chat", wellKnownChannel.chat, { handle: (body) => this.#handle(body) });
  }

  setTyping(typing: boolean): void {
    const sinceMs = this.#typingSinceMs;
    const nowMs = this.#clock.now();
    const isKnown = typing
      ? sinceMs !== undefined && nowMs - sinceMs < TYPING_INTERVAL_MS
      : sinceMs === undefined;
    if (isKnown) return;
    this.#typingSinceMs = typing ? nowMs : undefined;
    this.#channel.send({ case: "chatTyping", value: { typing } });
  }

  #handle(body: BodyFor<"chat">): void {
    switch (body.case) {
      case "chatScrollback":
        this.#emit({ kind: "entered" });
        break;
      case "chatTyping":
        this.#emit({ kind: "typing", author: body.value.username, typing: body.value.typing });
        break;
      // The log has it, too.
      case "chatMessage":
      // Without a ref they answer nothing of ours.
      case "ok":
      case "error":
        break;
      default:
        assertNever(body);
    }
  }
}
