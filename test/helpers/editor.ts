import type { OpenDocument, TextChange } from "#protocol/document.ts";

/** Stands for the editor on the screen: its own text, kept equal to a document by changes alone. */
export class Editor {
  readonly document: OpenDocument;
  text: string;
  /** Who made the changes that came from outside. */
  readonly authors: number[] = [];

  constructor(document: OpenDocument) {
    this.document = document;
    this.text = document.text();
    document.onRemoteChanges((changes, { userId }) => {
      this.text = applyChanges(this.text, changes);
      this.authors.push(userId);
    });
  }

  /** Types `insert` in place of `deleteLength` UTF-16 units. */
  type(offset: number, insert: string, deleteLength = 0): void {
    this.edit([{ offset, deleteLength, insert }]);
  }

  append(insert: string): void {
    this.type(this.text.length, insert);
  }

  edit(changes: readonly TextChange[]): void {
    this.text = applyChanges(this.text, changes);
    this.document.edit(changes);
  }

  undo(): void {
    this.text = applyChanges(this.text, this.document.undo() ?? []);
  }

  redo(): void {
    this.text = applyChanges(this.text, this.document.redo() ?? []);
  }
}

/** What an editor makes of changes whose offsets are all those before any of them. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  for (const { offset, deleteLength, insert } of changes.toSorted((a, b) => b.offset - a.offset)) {
    result = result.slice(0, offset) + insert + result.slice(offset + deleteLength);
  }
  return result;
}
