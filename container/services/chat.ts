import type { Cancel } from "#common/lib/clock.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import { encodeUtf8, Utf8Decoder } from "#common/lib/utf8.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import type { Platform } from "../platform.ts";
import type { Reply, Service, ServiceContext, ServiceDefinition, Session } from "../service.ts";

/** Longest text of one message: a long letter, not a file. */
const MAX_TEXT_CHARS = 10_000;

/**
 * How much of the past is kept. All of it goes to whoever joins, and is written anew with each
 * message, so it stays small enough for both to take no time.
 */
const MAX_MESSAGES = 500;
const MAX_HISTORY_CHARS = 200_000;

/** A typing client says so again every few seconds; one that has stopped saying it has stopped. */
const TYPING_EXPIRES_MS = 6000;

/** Where the room's history is kept. */
const RECORD = "chat";

/** Talk of the room, with a past that outlives the container. */
export const chat: ServiceDefinition<"chat"> = {
  service: "chat",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["chatMessage", "chatTyping"]),
  lingerMs: 0,
  async create(context) {
    // Channels of other names are rooms of the moment.
    const isDurable = context.channel.name === wellKnownChannel.chat;
    return new Chat(context, isDurable ? await readHistory(context.platform) : [], isDurable);
  },
};

interface Message {
  readonly atMs: number;
  readonly userId: number;
  readonly name: string;
  readonly text: string;
}

class Chat implements Service<"chat"> {
  readonly #context: ServiceContext<"chat">;
  readonly #isDurable: boolean;
  #history: readonly Message[];
  readonly #typing = new Map<Session, { readonly name: string; readonly cancel: Cancel }>();

  constructor(context: ServiceContext<"chat">, history: readonly Message[], isDurable: boolean) {
    this.#context = context;
    this.#history = history;
    this.#isDurable = isDurable;
  }

  attach(session: Session): void {
    const scrollback = this.#history.map(({ name, text }) => ({ username: name, text }));
    this.#context.channel.send(session, { case: "chatScrollback", value: { scrollback } });
    for (const { name } of this.#typing.values()) {
      this.#context.channel.send(session, typing(name, true));
    }
  }

  detach(session: Session): void {
    this.#stopTyping(session);
  }

  handle(body: BodyFor<"chat">, from: Session, reply: Reply<"chat">): void | Promise<void> {
    switch (body.case) {
      case "chatMessage":
        return this.#say(body.value.text, from, reply);
      case "chatTyping":
        if (body.value.typing) this.#startTyping(from);
        else this.#stopTyping(from);
        return reply({ case: "ok", value: {} });
      case "chatScrollback":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: chat takes no ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  close(): void {
    for (const { cancel } of this.#typing.values()) cancel();
  }

  async #say(text: string, from: Session, reply: Reply<"chat">): Promise<void> {
    if (text.trim() === "") throw new RequestError("bad-request", "bad request: an empty message");
    if (text.length > MAX_TEXT_CHARS) {
      throw new RequestError("too-large", `message too long: at most ${MAX_TEXT_CHARS} characters`);
    }
    const { userId, name } = from;
    const atMs = this.#context.platform.clock.now();
    const history = capped([...this.#history, { atMs, userId, name, text }]);
    if (this.#isDurable) {
      const record = encodeUtf8(JSON.stringify(history));
      await this.#context.platform.storage.writeRecord(RECORD, record);
    }
    this.#history = history;
    this.#stopTyping(from);
    this.#context.channel.broadcast(
      { case: "chatMessage", value: { username: name, text } },
      { except: from },
    );
    reply({ case: "ok", value: {} });
  }

  #startTyping(session: Session): void {
    const before = this.#typing.get(session);
    before?.cancel();
    const { name } = session;
    const expire = (): void => this.#stopTyping(session);
    const cancel = this.#context.platform.clock.after(TYPING_EXPIRES_MS, expire);
    this.#typing.set(session, { name, cancel });
    if (before?.name !== name) {
      if (before !== undefined) this.#tellTyping(session, before.name, false);
      this.#tellTyping(session, name, true);
    }
  }

  #stopTyping(session: Session): void {
    const state = this.#typing.get(session);
    if (state === undefined) return;
    state.cancel();
    this.#typing.delete(session);
    this.#tellTyping(session, state.name, false);
  }

  #tellTyping(session: Session, name: string, is: boolean): void {
    this.#context.channel.broadcast(typing(name, is), { except: session });
  }
}

function typing(name: string, is: boolean) {
  return { case: "chatTyping" as const, value: { username: name, typing: is } };
}

/** The newest messages that fit both bounds. */
function capped(messages: readonly Message[]): readonly Message[] {
  let first = messages.length;
  let chars = 0;
  while (first > 0 && messages.length - first < MAX_MESSAGES) {
    chars += messages[first - 1]?.text.length ?? 0;
    if (chars > MAX_HISTORY_CHARS) break;
    first--;
  }
  return messages.slice(first);
}

async function readHistory({ storage, log }: Platform): Promise<readonly Message[]> {
  const record = await storage.readRecord(RECORD);
  if (record === undefined) return [];
  try {
    return JSON.parse(new Utf8Decoder().push(record)) as readonly Message[];
  } catch (error) {
    // The room is worth more than its past.
    log.error(`chat history is lost: ${messageOf(error)}`, { tag: "invariant" });
    return [];
  }
}
