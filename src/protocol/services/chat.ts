import { assertNever } from "#common/lib/assertNever.ts";
import type { Clock } from "#common/lib/clock.ts";
import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import type { Channel } from "../channel.ts";
import type { ServiceContext } from "../service.ts";

export interface ChatMessage {
  readonly author: string;
  readonly text: string;
  /** When this client received it, in milliseconds since the epoch; undefined for scrollback. */
  readonly receivedMs: number | undefined;
}

export type ChatEvent =
  /** The room's history, which replaces what was shown. */
  | { readonly kind: "scrollback"; readonly messages: readonly ChatMessage[] }
  | { readonly kind: "message"; readonly message: ChatMessage }
  | { readonly kind: "typing"; readonly author: string; readonly typing: boolean };

/** "Is typing" is told again this often while it lasts; others let it expire somewhat later. */
const TYPING_INTERVAL_MS = 2_000;

export class ChatService {
  readonly #clock: Clock;
  readonly #emit: (event: ChatEvent) => void;
  readonly #channel: Channel<"chat">;
  readonly #ownName: () => string;
  /** When "is typing" was told last; undefined while the others believe that I am not. */
  #typingSinceMs: number | undefined;

  /** `ownName` is what the room knows me by, for my own messages: the others' come stamped. */
  constructor({ clock, open, emit }: ServiceContext<ChatEvent>, ownName: () => string) {
    this.#clock = clock;
    this.#emit = emit;
    this.#ownName = ownName;
    this.#channel = open("chat", wellKnownChannel.chat, { handle: (body) => this.#handle(body) });
  }

  async say(text: string): Promise<Result<void, RequestError>> {
    this.#typingSinceMs = undefined;
    const answer = await this.#channel.request({ case: "chatMessage", value: { text } });
    if (!answer.ok) return answer;
    // A message is relayed to the others only (CT1), so our own is told here, when it is accepted.
    this.#receive(this.#ownName(), text);
    return ok(undefined);
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
        this.#emit({
          kind: "scrollback",
          messages: body.value.scrollback.map(({ username, text }) => ({
            author: username,
            text,
            receivedMs: undefined,
          })),
        });
        break;
      case "chatMessage":
        this.#receive(body.value.username, body.value.text);
        break;
      case "chatTyping":
        this.#emit({ kind: "typing", author: body.value.username, typing: body.value.typing });
        break;
      // Without a ref they answer nothing of ours.
      case "ok":
      case "error":
        break;
      default:
        assertNever(body);
    }
  }

  #receive(author: string, text: string): void {
    const message = { author, text, receivedMs: this.#clock.now() };
    this.#emit({ kind: "message", message });
  }
}
