import { Emitter } from "#common/lib/emitter.ts";
import { HeldPart } from "#protocol/document/heldPart.ts";
import type { OpenDocument, TextChange } from "#protocol/document.ts";
import {
  difference,
  eolOf,
  keepsUniform,
  toFileChange,
  toFileOffset,
  toModelOffset,
  toModelText,
  type Eol,
} from "./eol.ts";
import type * as Monaco from "./monaco.ts";

type Model = Monaco.editor.ITextModel;
type ModelEvent = Monaco.editor.IModelContentChangedEvent;

/**
 * One Monaco model kept equal to one open document, for as many editors as show it. Local edits go to
 * the document, others' edits into the model, undo and redo to the document, which knows whose edit is
 * whose. Offsets of `toFile` and `toModel` translate between the file's line ends and the model's.
 */
export class MonacoTextBinding {
  readonly model: Model;
  readonly document: OpenDocument;
  readonly #monaco: typeof Monaco;
  #eol: Eol;
  /** What the model keeps as it is, while somebody composes a character in it. */
  #held: HeldPart | undefined;
  /** True while the model changes because the document did. */
  #isReceiving = false;
  #users = 0;
  readonly #steps = new Emitter<readonly Monaco.Range[]>();
  readonly #disposers: (() => void)[] = [];

  /** The one binding of `document`, made on first use; each call needs one `release`. */
  static acquire(monaco: typeof Monaco, document: OpenDocument): MonacoTextBinding {
    let binding = bindings.get(document);
    if (binding === undefined) {
      binding = new MonacoTextBinding(monaco, document);
      bindings.set(document, binding);
    }
    binding.#users++;
    return binding;
  }

  private constructor(monaco: typeof Monaco, document: OpenDocument) {
    this.#monaco = monaco;
    this.document = document;
    const text = document.text();
    this.#eol = eolOf(text);
    const uri = monaco.Uri.from({ scheme: "tandem", path: `/${document.path}` });
    // A rename back and forth can meet the old model while its last editor is going.
    monaco.editor.getModel(uri)?.dispose();
    this.model = monaco.editor.createModel(toModelText(text, this.#eol), undefined, uri);
    this.#setModelEol();
    this.model.updateOptions({
      bracketColorizationOptions: { enabled: true, independentColorPoolPerBracketType: false },
    });
    // Monaco's own stack knows nothing of other people: taking its steps back would move their text.
    this.model.undo = () => this.#step(document.undo());
    this.model.redo = () => this.#step(document.redo());
    const content = this.model.onDidChangeContent((event) => this.#handleLocal(event));
    this.#disposers.push(
      () => content.dispose(),
      document.onRemoteChanges((changes) => this.#handleRemote(changes)),
    );
  }

  /** Tells what this person has changed without typing it: by undo, redo or `replace`. */
  onStep(listener: (changed: readonly Monaco.Range[]) => void): () => void {
    return this.#steps.on(listener);
  }

  get eol(): "LF" | "CRLF" {
    const eol = this.#eol.kind === "uniform" ? this.#eol.eol : this.#eol.inserted;
    return eol === "\r\n" ? "CRLF" : "LF";
  }

  toFile(modelOffset: number): number {
    if (this.#held !== undefined) return this.#held.toDocument(modelOffset);
    if (this.#eol.kind === "uniform") return modelOffset;
    return toFileOffset(this.document.text(), modelOffset);
  }

  toModel(fileOffset: number): number {
    if (this.#held !== undefined) return this.#held.toScreen(fileOffset);
    if (this.#eol.kind === "uniform") return fileOffset;
    return toModelOffset(this.document.text(), fileOffset);
  }

  /** Keeps a line of the model from others' edits until `letGo`. */
  hold(lineNumber: number): void {
    this.letGo();
    // Where line ends are of two kinds, others' edits come at once.
    if (this.#eol.kind !== "uniform" || lineNumber > this.model.getLineCount()) return;
    const from = this.model.getOffsetAt({ lineNumber, column: 1 });
    this.#held = new HeldPart(from, this.model.getLineContent(lineNumber));
  }

  /** Lets the model have what was kept from it. */
  letGo(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#applyToModel(held.release());
  }

  /** Makes the text `text`, as a step that this person can take back. */
  replace(text: string): void {
    let changed: readonly TextChange[] = [];
    const end = this.document.onRemoteChanges((changes) => (changed = changes));
    this.document.replace(text);
    end();
    this.#steps.emit(this.#rangesAfter(changed));
  }

  /** The last editor's release frees the model. The document stays its opener's to close. */
  release(): void {
    this.#users--;
    if (this.#users > 0) return;
    bindings.delete(this.document);
    for (const dispose of this.#disposers) dispose();
    this.model.dispose();
  }

  #handleLocal(event: ModelEvent): void {
    if (this.#isReceiving) return;
    const changes = event.changes.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      deleteLength: rangeLength,
      insert: text,
    }));
    const eol = this.#eol;
    if (this.#held !== undefined) {
      this.document.edit(this.#held.takeLocal(changes, this.document.text()));
    } else if (eol.kind === "uniform") {
      this.document.edit(changes);
    } else {
      const file = this.document.text();
      this.document.edit(changes.map((change) => toFileChange(file, change, eol.inserted)));
    }
  }

  #handleRemote(changes: readonly TextChange[]): void {
    const eol = this.#eol;
    const isUniform =
      eol.kind === "uniform" && changes.every(({ insert }) => keepsUniform(insert, eol.eol));
    const shown = isUniform
      ? (this.#held?.takeRemote(changes, this.model.getValue()) ?? changes)
      : changes;
    if (isUniform && shown.every((change) => this.#cutsNoLineEnd(change))) {
      this.#applyToModel(shown);
    } else {
      this.#follow(this.document.text());
    }
  }

  /** Undo and redo of this person's own edits. */
  #step(changes: readonly TextChange[] | undefined): void {
    if (changes === undefined) return;
    this.#handleRemote(changes);
    this.#steps.emit(this.#rangesAfter(changes));
  }

  /** Where the text of changes is that were just made, in order; an empty range where text went. */
  #rangesAfter(changes: readonly TextChange[]): readonly Monaco.Range[] {
    const { model } = this;
    let shift = 0;
    return changes
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, deleteLength, insert }) => {
        const start = offset + shift;
        shift += insert.length - deleteLength;
        return this.#monaco.Range.fromPositions(
          model.getPositionAt(this.toModel(start)),
          model.getPositionAt(this.toModel(start + insert.length)),
        );
      });
  }

  /** In a CRLF model an offset between the two halves of a line end has no position. */
  #cutsNoLineEnd({ offset, deleteLength }: TextChange): boolean {
    if (this.#eol.kind === "uniform" && this.#eol.eol === "\n") return true;
    return [offset, offset + deleteLength].every(
      (at) => this.model.getOffsetAt(this.model.getPositionAt(at)) === at,
    );
  }

  #applyToModel(changes: readonly TextChange[]): void {
    const { model } = this;
    const edits = changes.map(({ offset, deleteLength, insert }) => {
      const start = model.getPositionAt(offset);
      const end = deleteLength === 0 ? start : model.getPositionAt(offset + deleteLength);
      return {
        range: new this.#monaco.Range(start.lineNumber, start.column, end.lineNumber, end.column),
        text: insert,
        forceMoveMarkers: false,
      };
    });
    this.#receive(() => model.applyEdits(edits));
  }

  /** Makes the model show `text`, whose line ends may be of another kind than before. */
  #follow(text: string): void {
    const eol = eolOf(text);
    this.#held = undefined;
    this.#receive(() => {
      this.#eol = eol;
      this.#setModelEol();
      const { offset, deleteLength, insert } = difference(
        this.model.getValue(),
        toModelText(text, eol),
      );
      const start = this.model.getPositionAt(offset);
      const end = this.model.getPositionAt(offset + deleteLength);
      const range = this.#monaco.Range.fromPositions(start, end);
      this.model.applyEdits([{ range, text: insert }]);
    });
  }

  #setModelEol(): void {
    const { EndOfLineSequence } = this.#monaco.editor;
    const isCrlf = this.#eol.kind === "uniform" && this.#eol.eol === "\r\n";
    this.model.setEOL(isCrlf ? EndOfLineSequence.CRLF : EndOfLineSequence.LF);
  }

  #receive(change: () => void): void {
    this.#isReceiving = true;
    try {
      change();
    } finally {
      this.#isReceiving = false;
    }
  }
}

const bindings = new WeakMap<OpenDocument, MonacoTextBinding>();
