import { randomBelow, type Random } from "#common/lib/random.ts";
import type { OpenDocument, TextChange } from "#protocol/document.ts";
import type { Ledger } from "./ledger.ts";

/** Characters of one edit at most. */
const MAX_EDIT = 6;

export interface TypistInit {
  readonly document: OpenDocument;
  readonly random: Random;
  /** Keeps the account of what is typed and deleted. */
  readonly ledger: Ledger;
  /** What each edit has deleted and inserted. */
  readonly onEdit?: (texts: readonly string[]) => void;
}

/** A person in an editor of one text, whose screen knows only what it was told. */
export class Typist {
  readonly document: OpenDocument;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #onEdit: (texts: readonly string[]) => void;
  #screen: string;
  /** All that was ever typed here, and all that was ever deleted. */
  readonly inserted = new Set<string>();
  readonly deleted = new Set<string>();
  /** What was there already. */
  readonly found: ReadonlySet<string>;

  constructor({ document, random, ledger, onEdit = () => {} }: TypistInit) {
    this.document = document;
    this.#random = random;
    this.#ledger = ledger;
    this.#onEdit = onEdit;
    this.#screen = document.text();
    this.found = new Set(this.#screen);
    document.onRemoteChanges((changes) => this.#show(changes));
  }

  /** Types, deletes, undoes, moves a caret, saves: one of them. */
  act(): void {
    const { document } = this;
    const dice = this.#random();
    if (dice < 0.05) this.#takeBack(document.undo());
    else if (dice < 0.08) this.#takeBack(document.redo());
    else if (dice < 0.15) this.#moveCaret();
    else if (dice < 0.18) document.flush().catch(() => undefined);
    else this.#edit();
  }

  /** Takes back everything that was done here. */
  undoAll(): void {
    for (;;) {
      const changes = this.document.undo();
      if (changes === undefined) return;
      this.#takeBack(changes);
    }
  }

  /** Why this person does not see that text as everyone's and safe; undefined when they do. */
  complaint(text: string): string | undefined {
    const { state } = this.document;
    if (state.kind !== "live") return `is ${JSON.stringify(state)}`;
    if (state.unsent > 0) return `has ${state.unsent} edits unsent`;
    if (this.document.text() !== text) return `has ${JSON.stringify(this.document.text())}`;
    if (this.#screen !== text) return `sees ${JSON.stringify(this.#screen)}`;
    return undefined;
  }

  /** One change or two, as an editor with several carets makes them. */
  #edit(): void {
    const places = [this.#place(), this.#place()].toSorted((a, b) => a - b);
    const [first = 0, second = 0] = places;
    const changes: TextChange[] =
      this.#random() < 0.1 && first < second
        ? [this.#change(first, second), this.#change(second, this.#screen.length)]
        : [this.#change(first, this.#screen.length)];
    this.document.edit(changes);
    this.#account(changes);
    this.#show(changes);
  }

  #change(offset: number, limit: number): TextChange {
    const random = this.#random;
    const isDeletion = random() < 0.4;
    const end = this.#atCharacter(Math.min(offset + randomBelow(random, MAX_EDIT), limit));
    const deleteLength = isDeletion && end > offset ? end - offset : 0;
    const insert =
      isDeletion && random() < 0.7
        ? ""
        : random() < 0.15
          ? "\r\n"
          : this.#ledger.next(1 + randomBelow(random, MAX_EDIT));
    return { offset, deleteLength, insert };
  }

  #place(): number {
    return this.#atCharacter(randomBelow(this.#random, this.#screen.length + 1));
  }

  /** The offset, or the one before, when it would cut a pair of surrogates. */
  #atCharacter(offset: number): number {
    const unit = this.#screen.charCodeAt(offset);
    return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
  }

  #takeBack(changes: readonly TextChange[] | undefined): void {
    if (changes === undefined) return;
    this.#account(changes);
    this.#show(changes);
  }

  #moveCaret(): void {
    this.document.setSelections([{ anchor: this.#place(), head: this.#place() }]);
  }

  #account(changes: readonly TextChange[]): void {
    const touched: string[] = [];
    for (const { offset, deleteLength, insert } of changes) {
      const deleted = this.#screen.slice(offset, offset + deleteLength);
      this.#ledger.deleted(deleted);
      this.#ledger.inserted(insert);
      for (const char of deleted) this.deleted.add(char);
      // What was deleted before is only put back.
      for (const char of insert) if (!this.deleted.has(char)) this.inserted.add(char);
      touched.push(deleted, insert);
    }
    this.#onEdit(touched);
  }

  #show(changes: readonly TextChange[]): void {
    for (const { offset, deleteLength, insert } of changes.toSorted(
      (a, b) => b.offset - a.offset,
    )) {
      this.#screen =
        this.#screen.slice(0, offset) + insert + this.#screen.slice(offset + deleteLength);
    }
  }
}
