import type { Anchors, OpenDocument, Place } from "#protocol/document.ts";
import { canEdit } from "#store/control.ts";
import type { Thread } from "#store/metadata/threads.ts";
import type { Ide } from "#store/store.ts";
import { threadsByFile } from "#store/ui/comments.ts";

/** An anchor that is further behind is written anew, so that opening never needs a long history. */
const FAR_BEHIND = 2000;

/** Where a card belongs that React draws, in the editor. */
export interface CommentSpot {
  readonly element: HTMLElement;
  /** Undefined while a new one is being written. */
  readonly thread: string | undefined;
  readonly isRemoved: boolean;
  /** Opens the thread with its first comment; why that failed, or nothing. */
  readonly submit: (text: string) => Promise<string | undefined>;
}

/** A file's text, and the pane in which it is open. */
export interface CommentedText {
  readonly pane: string;
  readonly path: string;
  readonly document: OpenDocument;
}

/** A thread where its words are by now. */
export interface ThreadInText {
  readonly thread: Thread;
  readonly place: Place;
  readonly isOpen: boolean;
}

/** The threads on one open text, whatever kind of editor shows it. */
export class ThreadsBinding {
  readonly #ide: Ide;
  readonly #text: CommentedText;
  readonly #anchors: Anchors;
  readonly #ends: readonly (() => void)[];
  readonly #anchored = new Set<string>();

  /** Calls `onChange` when there is something else to show. */
  constructor(ide: Ide, text: CommentedText, onChange: () => void) {
    this.#ide = ide;
    this.#text = text;
    this.#anchors = ide.client.ot.anchors(text.document);
    this.#ends = [
      this.#anchors.onMoved(onChange),
      ide.store.subscribe((next, previous) => {
        if (next.metadata !== previous.metadata) this.follow();
        else if (next.comments !== previous.comments) onChange();
      }),
    ];
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#anchors.dispose();
  }

  /** Has the places of all threads looked for; to be called once the editor is there. */
  follow(): void {
    this.#anchors.follow(new Map(this.#threads.map(({ id, anchor }) => [id, anchor])));
  }

  /** What is to be marked now: all that is not settled, and what is open. */
  shown(): readonly ThreadInText[] {
    const { comments } = this.#ide.store.getState();
    const places = this.#anchors.places();
    const shown = this.#threads.flatMap((thread) => {
      const place = places.get(thread.id);
      const isOpen = thread.id === comments.thread;
      return place === undefined || (thread.isResolved && !isOpen)
        ? []
        : [{ thread, place, isOpen }];
    });
    this.#anchorAnew(shown);
    return shown;
  }

  /** Whether somebody begins a comment in this pane. */
  get hasDraft(): boolean {
    return this.#ide.store.getState().comments.draftPane === this.#text.pane;
  }

  /** Opens a thread on a stretch of the text; why that failed, or nothing. */
  async open(
    range: () => { readonly from: number; readonly to: number },
    text: string,
  ): Promise<string | undefined> {
    const { actions } = this.#ide;
    const anchor = await this.#anchors.make(range);
    if (anchor === undefined) return "There is no connection. Try again when it is back.";
    const { id, failure } = await actions.metadata.openThread(this.#text.path, anchor, text);
    // Who has left the card meanwhile does not want it back.
    if (failure === undefined && this.hasDraft) actions.comments.show(id);
    return failure;
  }

  /** Opens the first of these threads, or the one after that which is open; none after the last. */
  toggle(here: readonly ThreadInText[]): void {
    const { comments } = this.#ide.actions;
    const next = here[here.findIndex(({ isOpen }) => isOpen) + 1];
    if (next === undefined) comments.close();
    else comments.show(next.thread.id);
  }

  get #threads(): readonly Thread[] {
    return threadsByFile(this.#ide.store.getState().metadata.threads).get(this.#text.path) ?? [];
  }

  #anchorAnew(shown: readonly ThreadInText[]): void {
    if (!canEdit(this.#ide.store.getState().control)) return;
    for (const { thread, place } of shown) {
      const behind = place.anchor.version - thread.anchor.version;
      if (behind <= FAR_BEHIND || place.isRemoved || this.#anchored.has(thread.id)) continue;
      this.#anchored.add(thread.id);
      this.#ide.actions.metadata.anchorThread(thread.id, place.anchor);
    }
  }
}

/** What a mark says to whoever cannot see the thread: its first comment, and how many more. */
export function wordsOf({ comments }: Thread): string {
  const [first] = comments;
  const more = comments.length - 1;
  return `${first?.name ?? ""}: ${first?.text ?? ""}${more > 0 ? ` (+${more})` : ""}`;
}
