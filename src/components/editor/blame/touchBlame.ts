import { initials } from "#store/presence.ts";
import type { Ide } from "#store/store.ts";
import type { LineAuthor, TextareaBinding } from "../textareaBinding.ts";
import "../carets.css";
import "./blame.css";
import { BlameCard } from "./blameCard.ts";
import { LineBlame } from "./lineBlame.ts";

/**
 * Shows beside a plain field who wrote what: the number of each line in its author's colour, with a
 * letter where another author begins. A tap on it opens a card below, a further one closes it.
 */
export class TouchBlame {
  readonly #binding: TextareaBinding;
  readonly #blame: LineBlame;
  readonly #card: BlameCard;
  readonly #ends: readonly (() => void)[];
  /** The line whose card is open. */
  #open: number | undefined;

  constructor(ide: Ide, path: string, binding: TextareaBinding) {
    this.#binding = binding;
    this.#blame = new LineBlame(ide, path, binding, () => this.#draw());
    this.#card = new BlameCard(binding.element, this.#blame, () => (this.#open = undefined));
    this.#ends = [
      binding.onTextChange(() => {
        this.#card.hide();
        this.#blame.handleChange();
      }),
      binding.onLinePress((line) => this.#toggle(line)),
    ];
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#blame.dispose();
    this.#card.dispose();
    this.#binding.showAuthors(undefined);
  }

  #draw(): void {
    const count = this.#binding.lineCount();
    this.#blame.learn(1, count);
    const authors: (LineAuthor | undefined)[] = [];
    for (let line = 1; line <= count; line++) authors.push(this.#author(line));
    this.#binding.showAuthors(authors);
  }

  #author(line: number): LineAuthor | undefined {
    const about = this.#blame.about(line);
    if (about === undefined) return undefined;
    const isFirst = this.#blame.authorOf(line) !== this.#blame.authorOf(line - 1);
    const letter = about.color === undefined ? "" : (/^./u.exec(initials(about.name))?.[0] ?? "");
    return { look: this.#blame.personClass(about.version), letter: isFirst ? letter : "" };
  }

  #toggle(line: number | undefined): void {
    const about = line === undefined ? undefined : this.#blame.about(line);
    if (about === undefined || line === this.#open) return this.#card.hide();
    this.#card.show(about);
    this.#open = line;
  }
}
