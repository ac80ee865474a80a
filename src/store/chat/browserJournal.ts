import type { Clock } from "#common/lib/clock.ts";
import { BrowserDatabase, settled, type Transaction } from "#protocol/document/browserDatabase.ts";
import type { LivingPages } from "#protocol/document/livingPages.ts";
import {
  emptyDraft,
  isEmptyDraft,
  joinDrafts,
  type ChatDraft,
  type ChatJournal,
  type LeftInChat,
  type UnsentMessage,
} from "./journal.ts";

const STORES = ["messages", "drafts"] as const;

type Stores = Transaction<(typeof STORES)[number]>;

interface MessageRecord extends UnsentMessage {
  /** The project. */
  readonly room: string;
  readonly page: string;
  /** Grows from message to message. */
  readonly order: number;
}

/** Each page has one at most. */
interface DraftRecord extends ChatDraft {
  readonly room: string;
  readonly page: string;
}

export interface BrowserChatJournalInit {
  /** Of this page, unlike any other. */
  readonly page: string;
  readonly pages: LivingPages;
  /** Its project, as soon as it is known. */
  readonly room: Promise<string>;
  readonly clock: Clock;
}

/** What was written in the chat, in this browser's IndexedDB. All waits until it has its room. */
export class BrowserChatJournal implements ChatJournal {
  readonly #page: string;
  readonly #pages: LivingPages;
  readonly #room: Promise<string>;
  readonly #clock: Clock;
  /** Not that of texts: to change its form would shut out pages of an earlier build. */
  readonly #database = new BrowserDatabase("tandem-chat", (database) => {
    database.createObjectStore("messages", { keyPath: "id" }).createIndex("page", ["room", "page"]);
    database.createObjectStore("drafts", { keyPath: ["room", "page"] });
  });
  #order = 0;

  constructor({ page, pages, room, clock }: BrowserChatJournalInit) {
    this.#page = page;
    this.#pages = pages;
    this.#room = room;
    this.#clock = clock;
  }

  async take(): Promise<LeftInChat> {
    const room = await this.#room;
    const before = await leftIn(room, await this.#begin("readonly"));
    // They are looked for before it is asked who lives: who takes something over meanwhile is not one.
    const writers = [...before.messages, ...before.drafts].map(({ page }) => page);
    if (writers.every((page) => page === this.#page)) return { messages: [], draft: emptyDraft };
    const living = await this.#pages.list();
    const isLeft = ({ page }: { readonly page: string }): boolean =>
      page !== this.#page && writers.includes(page) && !living.has(page);
    const stores = await this.#begin("readwrite");
    const { messages, drafts } = await leftIn(room, stores);
    const left = messages.filter(isLeft).toSorted((a, b) => a.order - b.order);
    for (const record of left) {
      stores.messages.put({ ...record, page: this.#page } satisfies MessageRecord);
    }
    const leftDrafts = drafts.filter(isLeft);
    const own = drafts.find(({ page }) => page === this.#page) ?? emptyDraft;
    const draft = leftDrafts.reduce(joinDrafts, emptyDraft);
    for (const { page } of leftDrafts) stores.drafts.delete([room, page]);
    if (leftDrafts.length > 0) this.#putDraft(joinDrafts(draft, own), room, stores);
    await stores.done;
    const unsent = left.map(({ id, text, places, images }) => ({ id, text, places, images }));
    return { messages: unsent, draft };
  }

  onLeft(listener: () => void): void {
    this.#pages.onGone(listener);
  }

  async keep({ id, text, places, images }: UnsentMessage): Promise<void> {
    this.#order = Math.max(this.#order + 1, this.#clock.now());
    const order = this.#order;
    const room = await this.#room;
    await this.#pages.announced;
    const { messages, done } = await this.#begin("readwrite");
    const record = { id, room, page: this.#page, order, text, places, images };
    messages.put(record satisfies MessageRecord);
    await done;
  }

  async owns(id: string): Promise<boolean> {
    const { messages } = await this.#begin("readonly");
    const record = await settled<MessageRecord | undefined>(messages.get(id));
    return record?.page === this.#page;
  }

  async forget(id: string): Promise<void> {
    const { messages, done } = await this.#begin("readwrite");
    messages.delete(id);
    await done;
  }

  async keepDraft(draft: ChatDraft): Promise<void> {
    const room = await this.#room;
    await this.#pages.announced;
    const stores = await this.#begin("readwrite");
    this.#putDraft(draft, room, stores);
    await stores.done;
  }

  #putDraft(draft: ChatDraft, room: string, { drafts }: Stores): void {
    const { text, images } = draft;
    if (isEmptyDraft(draft)) drafts.delete([room, this.#page]);
    else drafts.put({ room, page: this.#page, text, images } satisfies DraftRecord);
  }

  #begin(mode: IDBTransactionMode): Promise<Stores> {
    return this.#database.begin(STORES, mode);
  }
}

async function leftIn(room: string, { messages, drafts }: Stores) {
  const ofRoom = IDBKeyRange.bound([room], [room, []]);
  const [allMessages, allDrafts] = await Promise.all([
    settled<MessageRecord[]>(messages.index("page").getAll(ofRoom)),
    settled<DraftRecord[]>(drafts.getAll(ofRoom)),
  ]);
  return { messages: allMessages, drafts: allDrafts };
}
