import { MAX_IMAGES } from "#common/chat/images.ts";
import type { PlaceMark } from "#common/chat/log.ts";
import type { Attachment } from "./images.ts";

/** A message that the container may lack. */
export interface UnsentMessage {
  readonly id: string;
  readonly text: string;
  readonly places: readonly PlaceMark[];
  readonly images: readonly Attachment[];
}

/** What is being written and was not sent yet. */
export interface ChatDraft {
  readonly text: string;
  readonly images: readonly Attachment[];
}

export const emptyDraft: ChatDraft = { text: "", images: [] };

export function isEmptyDraft({ text, images }: ChatDraft): boolean {
  return text === "" && images.length === 0;
}

/** Two that were written in different pages, as one. */
export function joinDrafts(first: ChatDraft, second: ChatDraft): ChatDraft {
  if (isEmptyDraft(first)) return second;
  if (isEmptyDraft(second)) return first;
  return {
    text: [first.text, second.text].filter((text) => text !== "").join("\n"),
    images: [...first.images, ...second.images].slice(0, MAX_IMAGES),
  };
}

/** What pages that are gone have left. */
export interface LeftInChat {
  /** In the order in which they were written. */
  readonly messages: readonly UnsentMessage[];
  readonly draft: ChatDraft;
}

/**
 * Where this browser keeps what was written in the chat until the container has it. Like what is typed
 * into files, it belongs to the page in which it was written for as long as that lives, and then to one
 * other page. Everything may reject where the browser lets nothing be kept.
 */
export interface ChatJournal {
  /** Takes over what pages that are gone have left. */
  take(): Promise<LeftInChat>;
  /** Calls back when pages are gone that may have left something, where the browser tells. */
  onLeft(listener: () => void): void;
  /** Resolves when the message would survive this page. */
  keep(message: UnsentMessage): Promise<void>;
  /**
   * Whether a message that was kept is still this page's. Another may have taken it over, where the
   * browser does not tell for sure which pages live, or have sent or discarded it since.
   */
  owns(id: string): Promise<boolean>;
  /** The container has it, or nobody is to have it. */
  forget(id: string): Promise<void>;
  /** In place of what was kept before. */
  keepDraft(draft: ChatDraft): Promise<void>;
}
