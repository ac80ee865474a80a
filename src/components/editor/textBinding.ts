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
import { carrySelection, isTouched } from "./ownCarets.ts";

type Model = Monaco.editor.ITextModel;
type Editor = Monaco.editor.ICodeEditor;
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
  readonly #editors = new Set<Editor>();
  readonly #received = new Emitter<undefined>();
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

  /** Carries the carets of an editor that shows the model (CL27), until the result is called. */
  carryCaretsOf(editor: Editor): () => void {
    this.#editors.add(editor);
    return () => this.#editors.delete(editor);
  }

  /** Whether the model changes at this moment because the document did: carets move, perhaps twice. */
  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  /** Tells that the model has taken in what the document has changed by. */
  onReceived(listener: () => void): () => void {
    return this.#received.on(listener);
  }

  get eol(): "LF" | "CRLF" {
    const eol = this.#eol.kind === "uniform" ? this.#eol.eol : this.#eol.inserted;
    return eol === "\r\n" ? "CRLF" : "LF";
  }

  toFile(modelOffset: number): number {
    const held = this.#held;
    if (this.#eol.kind === "uniform") return held?.toDocument(modelOffset) ?? modelOffset;
    if (held === undefined) return toFileOffset(this.document.text(), modelOffset);
    return held.toDocument(toFileOffset(held.shown, modelOffset));
  }

  toModel(fileOffset: number): number {
    const held = this.#held;
    if (this.#eol.kind === "uniform") return held?.toScreen(fileOffset) ?? fileOffset;
    if (held === undefined) return toModelOffset(this.document.text(), fileOffset);
    return toModelOffset(held.shown, held.toScreen(fileOffset));
  }

  /**
   * Keeps lines of the model from others' edits until `letGo`. Where line ends are of two kinds, the
   * whole text waits: offsets of the file and of the model are then too far apart.
   */
  hold(firstLine: number, lastLine: number): void {
    this.letGo();
    const { model } = this;
    const last = Math.min(lastLine, model.getLineCount());
    if (this.#eol.kind === "mixed") {
      this.#held = new HeldPart(0, this.document.text());
    } else if (firstLine <= last) {
      const from = model.getOffsetAt({ lineNumber: firstLine, column: 1 });
      const end = model.getOffsetAt({ lineNumber: last, column: model.getLineMaxColumn(last) });
      this.#held = new HeldPart(from, model.getValue().slice(from, end));
    }
  }

  /** Lets the model have what was kept from it. */
  letGo(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    if (this.#eol.kind === "mixed") this.#follow(this.document.text());
    else this.#applyToModel(held.release());
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
    const held = this.#held;
    const file = eol.kind === "mixed" ? (held?.shown ?? this.document.text()) : undefined;
    const inFile =
      eol.kind === "mixed" && file !== undefined
        ? changes.map((change) => toFileChange(file, change, eol.inserted))
        : changes;
    this.document.edit(held?.takeLocal(inFile, this.document.text()) ?? inFile);
  }

  #handleRemote(changes: readonly TextChange[]): void {
    const eol = this.#eol;
    if (eol.kind === "mixed" && this.#held !== undefined) {
      this.#held.takeRemote(changes, this.#held.shown);
      return;
    }
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
    this.#receive(changes, () => model.applyEdits(edits));
  }

  /** Makes the model show `text`, whose line ends may be of another kind than before. */
  #follow(text: string): void {
    const eol = eolOf(text);
    this.#held = undefined;
    this.#isReceiving = true;
    this.#eol = eol;
    this.#setModelEol();
    const change = difference(this.model.getValue(), toModelText(text, eol));
    this.#receive([change], () => {
      const { offset, deleteLength, insert } = change;
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

  /** Changes the model by what the document has changed by, with the carets of its editors. */
  #receive(changes: readonly TextChange[], change: () => void): void {
    this.#isReceiving = true;
    try {
      const moves = [...this.#editors].map((editor) => this.#caretsAfter(editor, changes));
      change();
      for (const move of moves) move?.();
    } finally {
      this.#isReceiving = false;
    }
    this.#received.emit(undefined);
  }

  /**
   * Monaco pushes carets on with what is inserted where they are, and selections grow by it. Without
   * such inserts it carries them well.
   */
  #caretsAfter(editor: Editor, changes: readonly TextChange[]): (() => void) | undefined {
    const { model } = this;
    const before = (editor.getSelections() ?? []).map((selection) => ({
      anchor: model.getOffsetAt(selection.getSelectionStart()),
      head: model.getOffsetAt(selection.getPosition()),
    }));
    if (!before.some((selection) => isTouched(selection, changes))) return undefined;
    return () =>
      editor.setSelections(
        before.map((selection) => {
          const { anchor, head } = carrySelection(selection, changes);
          const [start, end] = [model.getPositionAt(anchor), model.getPositionAt(head)];
          return this.#monaco.Selection.fromPositions(start, end);
        }),
      );
  }
}

const bindings = new WeakMap<OpenDocument, MonacoTextBinding>();
