import {
  emptyDraft,
  joinDrafts,
  type ChatDraft,
  type ChatJournal,
  type LeftInChat,
  type UnsentMessage,
} from "#store/chat/journal.ts";

/** What pages of one browser keep of their chats. It outlives them. */
export class MemoryChatBrowser {
  readonly messages = new Map<string, { page: MemoryChatJournal; message: UnsentMessage }>();
  readonly drafts = new Map<MemoryChatJournal, ChatDraft>();

  openPage(): MemoryChatJournal {
    return new MemoryChatJournal(this);
  }
}

export class MemoryChatJournal implements ChatJournal {
  readonly #browser: MemoryChatBrowser;
  /** The page is gone, or others take it for gone. */
  isGone = false;
  /** The browser lets nothing be kept. */
  refuses = false;

  constructor(browser: MemoryChatBrowser) {
    this.#browser = browser;
  }

  async take(): Promise<LeftInChat> {
    const { messages, drafts } = this.#browser;
    const left = [...messages.values()].filter(({ page }) => page.isGone && page !== this);
    for (const each of left) each.page = this;
    let draft = emptyDraft;
    for (const [page, other] of drafts) {
      if (!page.isGone || page === this) continue;
      draft = joinDrafts(draft, other);
      drafts.delete(page);
    }
    return { messages: left.map(({ message }) => message), draft };
  }

  onLeft(): void {}

  async keep(message: UnsentMessage): Promise<void> {
    this.#check();
    this.#browser.messages.set(message.id, { page: this, message });
  }

  async owns(id: string): Promise<boolean> {
    return this.#browser.messages.get(id)?.page === this;
  }

  async forget(id: string): Promise<void> {
    this.#browser.messages.delete(id);
  }

  async keepDraft(draft: ChatDraft): Promise<void> {
    this.#check();
    this.#browser.drafts.set(this, draft);
  }

  #check(): void {
    if (this.refuses) throw new Error("quota exceeded");
  }
}
