import { MAX_MESSAGE_CHARS } from "#common/chat/log.ts";
import type { Cancel } from "#common/lib/clock.ts";
import { assert, RequestError } from "#common/lib/errors.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import type {
  Repl,
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
} from "../service.ts";
import { noteDoings } from "./chat/doings.ts";
import { ChatRecord, PassingTalk, type ChatNews, type Talk } from "./chat/record.ts";

/** A typing client says so again every few seconds; one that has stopped saying it has stopped. */
const TYPING_EXPIRES_MS = 6000;

const records = new WeakMap<Repl, ChatRecord>();

/** Talk of the room, with a past that outlives the container. */
export const chat: ServiceDefinition<"chat"> = {
  service: "chat",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["chatMessage", "chatTyping"]),
  lingerMs: 0,
  start(context) {
    const record = new ChatRecord(context);
    records.set(context.repl, record);
    const cancel = noteDoings(context, record);
    return async () => {
      cancel();
      await context.repl.values.idle();
    };
  },
  async create(context) {
    const record = records.get(context.repl);
    assert(record !== undefined, "the chat was not started");
    // Channels of other names are rooms of the moment.
    const isDurable = context.channel.name === wellKnownChannel.chat;
    if (isDurable) await record.load();
    return new Chat(context, isDurable ? record : new PassingTalk(context.platform));
  },
};

class Chat implements Service<"chat"> {
  readonly #context: ServiceContext<"chat">;
  readonly #talk: Talk;
  readonly #endNews: Cancel;
  readonly #typing = new Map<Session, { readonly name: string; readonly cancel: Cancel }>();

  constructor(context: ServiceContext<"chat">, talk: Talk) {
    this.#context = context;
    this.#talk = talk;
    this.#endNews = talk.news.on((news) => this.#tell(news));
  }

  attach(session: Session): void {
    const scrollback = this.#talk.messages().map(({ name, text }) => ({ username: name, text }));
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
    this.#endNews();
    for (const { cancel } of this.#typing.values()) cancel();
  }

  async #say(text: string, from: Session, reply: Reply<"chat">): Promise<void> {
    if (text.trim() === "") throw new RequestError("bad-request", "bad request: an empty message");
    if (text.length > MAX_MESSAGE_CHARS) {
      const most = `at most ${MAX_MESSAGE_CHARS} characters`;
      throw new RequestError("too-large", `message too long: ${most}`);
    }
    await this.#talk.say(text, from);
    reply({ case: "ok", value: {} });
  }

  /** Clients that do not read the log hear what is said, too (CT1, CT7). */
  #tell({ line: { entry, name }, by }: ChatNews): void {
    if (entry.kind !== "said" && entry.kind !== "edited") return;
    const { channel } = this.#context;
    if (by !== undefined) this.#stopTyping(by);
    const isEdited = entry.kind === "edited";
    const text = isEdited ? `${entry.text} (edited)` : entry.text;
    const body = { case: "chatMessage", value: { username: name, text } } as const;
    for (const session of channel.sessions) {
      if (session !== by && !(isEdited && session.hasCap)) channel.send(session, body);
    }
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
