import {
  applyChatLine,
  isChatEntry,
  parseChatLines,
  type ChatEntry,
  type ChatItem,
  type ChatLine,
  type Message,
  type Stamp,
} from "#common/chat/log.ts";
import { splitImages } from "#common/chat/images.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import { randomId } from "#common/lib/random.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { Platform } from "../../platform.ts";
import type { ServiceStart, Session } from "../../service.ts";

/** The key of the log. */
export const CHAT = "chat";

/** How much of the past is kept; activity never crowds out what was said. */
const MAX_LINES = 500;
const MAX_CHARS = 200_000;

/** What is old is let go of when so many lines have come since, as that writes all others anew. */
const TRIM_EVERY = 100;

/** What a client may add; the rest is for the container to say. */
const clientsMay: ReadonlySet<ChatEntry["kind"]> = new Set([
  "said",
  "edited",
  "deleted",
  "restored",
]);

/** Something new, and whose session has added it, if one has. */
export interface ChatNews {
  readonly line: ChatLine;
  readonly by: Session | undefined;
}

/** What people say on one channel. */
export interface Talk {
  readonly news: Emitter<ChatNews>;
  say(text: string, by: Session): Promise<void>;
  /** The newest messages that fit the bounds, oldest first. */
  messages(): readonly Message[];
}

/** What was said and done in the room, as the log `chat` (CT6). */
export class ChatRecord implements Talk {
  readonly news = new Emitter<ChatNews>();
  readonly #context: ServiceStart;
  #lines: ChatLine[] | undefined;
  #added = 0;

  constructor(context: ServiceStart) {
    this.#context = context;
    context.repl.values.keepers.set(CHAT, (entry, by) => this.#take(entry, by));
  }

  /** Adds an entry of a client's, or of the container's own when `by` is missing. */
  add(entry: ChatEntry, { userId, name, atMs }: Stamp, by?: Session): Promise<void> {
    const { values } = this.#context.repl;
    return values.inTurn(CHAT, async () => {
      const lines = await this.#load();
      if (entry.kind === "said" && isSaid(lines, entry.id)) return;
      const line: ChatLine = { userId, name, atMs, entry };
      const takesAway = entry.kind === "edited" || entry.kind === "deleted";
      const shown = takesAway ? this.#imagesShown() : [];
      await values.append(CHAT, encodeLines([line]));
      lines.push(line);
      this.news.emit({ line, by });
      await this.#forget(shown);
      if (++this.#added % TRIM_EVERY === 0) await this.#trim();
    });
  }

  /** The same, where nobody waits for it. */
  note(entry: ChatEntry, stamp: Stamp): void {
    this.add(entry, stamp).catch((error: unknown) => {
      this.#context.platform.log.warn(`not noted in the chat: ${messageOf(error)}`);
    });
  }

  say(text: string, by: Session): Promise<void> {
    return this.#take({ kind: "said", id: randomId(this.#context.platform.random), text }, by);
  }

  /** Resolves when what was said and done before is known. */
  async load(): Promise<void> {
    await this.#context.repl.values.inTurn(CHAT, () => this.#load());
  }

  /** What is known so far. */
  items(): readonly ChatItem[] {
    return (this.#lines ?? []).reduce(applyChatLine, []);
  }

  messages(): readonly Message[] {
    return newestMessages(this.items());
  }

  #imagesShown(): readonly string[] {
    const messages = this.items().filter((item) => item.kind === "message");
    return messages.flatMap(({ text }) => splitImages(text).images.map(({ name }) => name));
  }

  /** What somebody takes out of the chat is gone, unless another message shows it, too (CT11). */
  async #forget(images: readonly string[]): Promise<void> {
    if (images.length === 0) return;
    const shown = new Set(this.#imagesShown());
    for (const name of new Set(images)) {
      if (shown.has(name)) continue;
      await this.#context.repl.images.remove(name).catch((error: unknown) => {
        this.#context.platform.log.warn(`an image of the chat stays: ${messageOf(error)}`);
      });
    }
  }

  async #take(entry: unknown, by: Session): Promise<void> {
    if (!isChatEntry(entry) || !clientsMay.has(entry.kind)) {
      throw new RequestError("bad-request", "bad request: no entry that a client may add to chat");
    }
    if (entry.kind === "restored" && by.role === "viewer") {
      throw new RequestError("denied", "permission denied: viewers restore nothing");
    }
    const { userId, name } = by;
    await this.add(entry, { userId, name, atMs: this.#context.platform.clock.now() }, by);
  }

  async #load(): Promise<ChatLine[]> {
    if (this.#lines !== undefined) return this.#lines;
    const value = await this.#context.repl.values.read(CHAT);
    const lines = [...parseChatLines((value && decodeUtf8(value)) ?? "")];
    this.#lines = lines;
    return lines;
  }

  async #trim(): Promise<void> {
    const lines = await this.#load();
    const kept = [true, false].flatMap((isTalk) =>
      newest(
        lines.filter(({ entry }) => isTalkEntry(entry) === isTalk),
        ({ entry }) => JSON.stringify(entry).length,
      ),
    );
    if (kept.length === lines.length) return;
    const keeps = new Set(kept);
    const left = lines.filter((line) => keeps.has(line));
    try {
      await this.#context.repl.values.write(CHAT, encodeLines(left));
      this.#lines = left;
    } catch (error) {
      // The line itself is stored; a later one tries again.
      this.#context.platform.log.warn(`the chat keeps all its past: ${messageOf(error)}`);
    }
  }
}

/** Talk in a room of the moment. */
export class PassingTalk implements Talk {
  readonly news = new Emitter<ChatNews>();
  readonly #platform: Platform;
  #messages: readonly Message[] = [];

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async say(text: string, by: Session): Promise<void> {
    const { clock, random } = this.#platform;
    const { userId, name } = by;
    const entry = { kind: "said", id: randomId(random), text } as const;
    const line = { userId, name, atMs: clock.now(), entry };
    this.#messages = newestMessages(applyChatLine(this.#messages, line));
    this.news.emit({ line, by });
  }

  messages(): readonly Message[] {
    return this.#messages;
  }
}

function newestMessages(items: readonly ChatItem[]): readonly Message[] {
  const all = items.filter((item) => item.kind === "message");
  return newest(all, ({ text }) => text.length);
}

/** Whoever has not heard that a message has arrived sends it again (CT12). */
function isSaid(lines: readonly ChatLine[], id: string): boolean {
  return lines.some(({ entry }) => entry.kind === "said" && entry.id === id);
}

function isTalkEntry({ kind }: ChatEntry): boolean {
  return kind === "said" || kind === "edited" || kind === "deleted";
}

/** As many of the last elements as fit the bounds. */
function newest<T>(all: readonly T[], charsOf: (one: T) => number): readonly T[] {
  let first = all.length;
  let chars = 0;
  for (const one of all.toReversed()) {
    chars += charsOf(one);
    if (chars > MAX_CHARS || all.length - first >= MAX_LINES) break;
    first--;
  }
  return all.slice(first);
}

function encodeLines(lines: readonly ChatLine[]): Uint8Array {
  return encodeUtf8(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
