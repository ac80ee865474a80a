import type { Ide } from "#store/store.ts";
import type { TextareaBinding } from "../textareaBinding.ts";
import "./comments.css";
import {
  ThreadsBinding,
  wordsOf,
  type CommentedText,
  type CommentSpot,
  type ThreadInText,
} from "./threadsBinding.ts";

/** Shows beside a plain field what is commented, and the thread that is open below it. */
export class TouchComments {
  readonly #binding: TextareaBinding;
  readonly #threads: ThreadsBinding;
  readonly #element: HTMLElement;
  readonly #onSpot: (spot: CommentSpot | undefined) => void;
  /** The stretch that a new comment is about. */
  #draft: { readonly from: number; readonly to: number } | undefined;
  #spot: CommentSpot | undefined;

  constructor(
    ide: Ide,
    text: CommentedText,
    binding: TextareaBinding,
    onSpot: (spot: CommentSpot | undefined) => void,
  ) {
    this.#binding = binding;
    this.#onSpot = onSpot;
    this.#element = document.createElement("div");
    this.#element.className = "comment-sheet";
    this.#threads = new ThreadsBinding(ide, text, () => this.#draw());
    this.#threads.follow();
  }

  dispose(): void {
    this.#threads.dispose();
    this.#setSpot(undefined);
  }

  #draw(): void {
    const shown = this.#threads.shown();
    const byLine = new Map<number, ThreadInText[]>();
    for (const thread of shown) {
      const line = this.#binding.lineOf(thread.place.from);
      byLine.set(line, [...(byLine.get(line) ?? []), thread]);
    }
    this.#binding.showMarks(
      [...byLine].map(([line, here]) => ({
        line,
        label: `Comments on line ${line}: ${here.map(({ thread }) => wordsOf(thread)).join("; ")}`,
        isOpen: here.some(({ isOpen }) => isOpen),
        press: () => this.#threads.toggle(here),
      })),
    );
    const open = shown.find(({ isOpen }) => isOpen);
    if (open !== undefined) this.#show(open);
    else if (this.#threads.hasDraft) this.#beginDraft();
    else this.#setSpot(undefined);
  }

  #show({ thread: { id }, place }: ThreadInText): void {
    const before = this.#spot;
    if (before?.thread === id && before.isRemoved === place.isRemoved) return;
    this.#setSpot({ thread: id, isRemoved: place.isRemoved });
    if (before?.thread !== id) this.#binding.reveal(this.#binding.lineOf(place.from), 1);
  }

  #beginDraft(): void {
    if (this.#spot !== undefined && this.#spot.thread === undefined) return;
    this.#draft = this.#binding.range();
    this.#setSpot({ thread: undefined, isRemoved: false });
  }

  #setSpot(spot: Pick<CommentSpot, "thread" | "isRemoved"> | undefined): void {
    if (spot === undefined && this.#spot === undefined) return;
    const element = this.#element;
    const submit = (text: string) =>
      this.#threads.open(() => this.#draft ?? this.#binding.range(), text);
    this.#spot = spot === undefined ? undefined : { ...spot, element, submit };
    if (spot === undefined) element.remove();
    else this.#binding.element.append(element);
    this.#onSpot(this.#spot);
  }
}
