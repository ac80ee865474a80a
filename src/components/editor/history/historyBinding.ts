import { eolOf, toModelOffset, toModelText, difference } from "../eol.ts";
import type * as Monaco from "../monaco.ts";
import { defineThemes, optionsOf, themeOf, type EditorLook } from "../monacoBinding.ts";
import type { ChangeMarks } from "./changeMarks.ts";
import type { createDiffEditor } from "./diffEditor.ts";

/** Deleted text is shown where it stood, as much as tells what it was. */
const MAX_DELETED_CHARS = 80;

let models = 0;

/** One text, or two beside each other, in Monaco and to be read only. */
export class HistoryBinding {
  readonly #monaco: typeof Monaco;
  readonly #createDiffEditor: CreateDiffEditor;
  readonly #path: string;
  readonly #single: HTMLElement;
  readonly #double: HTMLElement;
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #model: Model;
  readonly #marks: Monaco.editor.IEditorDecorationsCollection;
  #look: EditorLook;
  #diff: Diff | undefined;
  #shown = "";

  static async mount(
    element: HTMLElement,
    path: string,
    look: EditorLook,
  ): Promise<HistoryBinding> {
    const [monaco, { createDiffEditor }] = await Promise.all([
      import("../monaco.ts"),
      import("./diffEditor.ts"),
    ]);
    return new HistoryBinding(monaco, createDiffEditor, element, path, look);
  }

  private constructor(
    monaco: typeof Monaco,
    createDiffEditor: CreateDiffEditor,
    element: HTMLElement,
    path: string,
    look: EditorLook,
  ) {
    // Again, for the colours that the editor of comparisons has brought with it.
    defineThemes(monaco);
    this.#monaco = monaco;
    this.#createDiffEditor = createDiffEditor;
    this.#path = path;
    this.#look = look;
    this.#single = element.appendChild(document.createElement("div"));
    this.#double = element.appendChild(document.createElement("div"));
    this.#single.className = this.#double.className = "history__editor";
    this.#double.hidden = true;
    this.#model = this.#createModel();
    this.#editor = monaco.editor.create(this.#single, {
      ...this.#options(),
      model: this.#model,
      theme: themeOf(look),
    });
    this.#marks = this.#editor.createDecorationsCollection();
  }

  setLook(look: EditorLook): void {
    this.#look = look;
    this.#monaco.editor.setTheme(themeOf(look));
    this.#editor.updateOptions(this.#options());
    this.#diff?.editor.updateOptions(this.#options());
  }

  /** Shows one text with its changes; `color` is their author's place in the palette. */
  show(text: string, marks: ChangeMarks | undefined, color: number | undefined): void {
    this.#single.hidden = false;
    this.#double.hidden = true;
    if (text !== this.#shown) this.#become(this.#model, text);
    this.#shown = text;
    const decorations = marks === undefined ? [] : this.#decorationsOf(text, marks, color);
    this.#marks.set(decorations);
    // Only up and down: a text that moves sideways with every edit cannot be read.
    const line = decorations.at(-1)?.range.startLineNumber;
    if (line !== undefined) this.#editor.revealLineInCenterIfOutsideViewport(line);
  }

  /** Shows what leads from one text to another. */
  compare(before: string, after: string): void {
    this.#single.hidden = true;
    this.#double.hidden = false;
    this.#diff ??= this.#createDiff();
    this.#become(this.#diff.original, before);
    this.#become(this.#diff.modified, after);
  }

  /** Goes to the next difference of a comparison, or the one before. */
  goToDifference(which: "next" | "previous"): void {
    this.#diff?.editor.goToDiff(which);
  }

  dispose(): void {
    this.#editor.dispose();
    this.#model.dispose();
    this.#diff?.editor.dispose();
    this.#diff?.original.dispose();
    this.#diff?.modified.dispose();
    this.#single.remove();
    this.#double.remove();
  }

  #createDiff(): Diff {
    const diff = this.#createDiffEditor(this.#double, {
      ...this.#options(),
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      renderSideBySideInlineBreakpoint: 640,
      hideUnchangedRegions: { enabled: true },
      renderOverviewRuler: false,
      originalEditable: false,
    });
    const [original, modified] = [this.#createModel(), this.#createModel()];
    diff.setModel({ original, modified });
    return { editor: diff, original, modified };
  }

  #createModel(): Model {
    models += 1;
    // The name decides the language; the number keeps it apart from the file's own.
    const uri = this.#monaco.Uri.from({
      scheme: "tandem-history",
      path: `/${models}/${this.#path}`,
    });
    return this.#monaco.editor.createModel("", undefined, uri);
  }

  #options(): Monaco.editor.IEditorOptions & { automaticLayout: boolean } {
    return {
      ...optionsOf({ ...this.#look, readOnly: true, minimap: false }),
      automaticLayout: true,
      renderLineHighlight: "none",
      // Nobody tries to type here by mistake more than once.
      domReadOnly: true,
    };
  }

  /** As small an edit as there is, so that what stays keeps its colours and its place. */
  #become(model: Model, text: string): void {
    const next = toModelText(text, { kind: "mixed", inserted: "\n" });
    const { offset, deleteLength, insert } = difference(model.getValue(), next);
    const start = model.getPositionAt(offset);
    const end = model.getPositionAt(offset + deleteLength);
    const range = this.#monaco.Range.fromPositions(start, end);
    model.applyEdits([{ range, text: insert }]);
  }

  #decorationsOf(text: string, { inserted, deleted }: ChangeMarks, color: number | undefined) {
    const hasPairs = eolOf(text).kind === "mixed" || text.includes("\r");
    const positionOf = (at: number) =>
      this.#model.getPositionAt(hasPairs ? toModelOffset(text, at) : at);
    const person = `caret-color-${color ?? "none"}`;
    const marks: Monaco.editor.IModelDeltaDecoration[] = inserted.map(({ start, end }) => ({
      range: this.#monaco.Range.fromPositions(positionOf(start), positionOf(end)),
      options: { inlineClassName: `history-inserted ${person}` },
    }));
    for (const { at, text: gone } of deleted) {
      const content = shortened(gone.replaceAll(/\r\n?|\n/g, "⏎").replaceAll("\t", "→"));
      const position = positionOf(at);
      marks.push({
        range: this.#monaco.Range.fromPositions(position, position),
        options: {
          showIfCollapsed: true,
          before: { content, inlineClassName: "history-deleted" },
        },
      });
    }
    return marks.toSorted((a, b) => this.#monaco.Range.compareRangesUsingStarts(a.range, b.range));
  }
}

type CreateDiffEditor = typeof createDiffEditor;
type Model = Monaco.editor.ITextModel;

interface Diff {
  readonly editor: Monaco.editor.IDiffEditor;
  readonly original: Model;
  readonly modified: Model;
}

function shortened(text: string): string {
  return text.length <= MAX_DELETED_CHARS ? text : `${text.slice(0, MAX_DELETED_CHARS - 1)}…`;
}
