import type * as Monaco from "./monaco.ts";

/** Someone's caret, by offsets of the model. */
export interface Caret {
  readonly id: string;
  readonly session: number;
  readonly name: string;
  /** Place in the people's palette. */
  readonly color: number;
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

interface Position {
  readonly lineNumber: number;
  readonly column: number;
}

export type NameLabels = "always" | "activity" | "never";

/** How long a name stays after its owner has moved. */
const LABEL_MS = 2000;

/**
 * Draws other people's carets, selections and names into one editor. A caret is told apart by the
 * session and its place in the order of that session's carets, not by its id, which changes with
 * every move; so a label stays while its owner moves.
 */
export class Carets {
  readonly #monaco: typeof Monaco;
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #selections: Monaco.editor.IEditorDecorationsCollection;
  #widgets = new Map<string, CaretWidget>();

  constructor(monaco: typeof Monaco, editor: Monaco.editor.IStandaloneCodeEditor) {
    this.#monaco = monaco;
    this.#editor = editor;
    this.#selections = editor.createDecorationsCollection();
  }

  show(carets: readonly Caret[], labels: NameLabels): void {
    const model = this.#editor.getModel();
    if (model === null) return;
    const widgets = new Map<string, CaretWidget>();
    const counts = new Map<number, number>();
    for (const caret of carets) {
      const nth = counts.get(caret.session) ?? 0;
      counts.set(caret.session, nth + 1);
      const key = `${caret.session}.${nth}`;
      const widget = this.#widgets.get(key) ?? new CaretWidget(this.#monaco, this.#editor, key);
      widget.show(caret, model.getPositionAt(caret.position), labels);
      widgets.set(key, widget);
    }
    for (const [key, widget] of this.#widgets) if (!widgets.has(key)) widget.dispose();
    this.#widgets = widgets;
    this.#selections.set(
      carets
        .filter(({ selectionStart, selectionEnd }) => selectionStart !== selectionEnd)
        .map(({ color, selectionStart, selectionEnd }) => {
          const start = model.getPositionAt(Math.min(selectionStart, selectionEnd));
          const end = model.getPositionAt(Math.max(selectionStart, selectionEnd));
          return {
            range: {
              startLineNumber: start.lineNumber,
              startColumn: start.column,
              endLineNumber: end.lineNumber,
              endColumn: end.column,
            },
            options: { className: `caret-selection caret-color-${color}` },
          };
        }),
    );
  }

  dispose(): void {
    for (const widget of this.#widgets.values()) widget.dispose();
    this.#selections.clear();
  }
}

class CaretWidget implements Monaco.editor.IContentWidget {
  readonly allowEditorOverflow = false;
  readonly suppressMouseDown = true;
  readonly #monaco: typeof Monaco;
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #id: string;
  readonly #node = document.createElement("div");
  readonly #label = document.createElement("span");
  #position: Position | undefined;
  #fade: number | undefined;

  constructor(monaco: typeof Monaco, editor: Monaco.editor.IStandaloneCodeEditor, key: string) {
    this.#monaco = monaco;
    this.#editor = editor;
    this.#id = `tandem.caret.${key}`;
    this.#label.className = "caret-label";
    this.#node.append(this.#label);
    editor.addContentWidget(this);
  }

  show({ name, color }: Caret, position: Position, labels: NameLabels): void {
    const hasMoved =
      this.#position?.lineNumber !== position.lineNumber ||
      this.#position.column !== position.column;
    this.#position = position;
    this.#node.className = `caret caret-color-${color}`;
    this.#node.style.height = `${this.#editor.getOption(this.#monaco.editor.EditorOption.lineHeight)}px`;
    this.#label.textContent = name;
    // Above line 1 there is no room.
    this.#label.classList.toggle("caret-label-below", position.lineNumber === 1);
    this.#node.dataset["labels"] = labels;
    if (hasMoved) {
      this.#node.classList.add("caret-active");
      window.clearTimeout(this.#fade);
      this.#fade = window.setTimeout(() => this.#node.classList.remove("caret-active"), LABEL_MS);
    }
    this.#editor.layoutContentWidget(this);
  }

  getId(): string {
    return this.#id;
  }

  getDomNode(): HTMLElement {
    return this.#node;
  }

  getPosition(): Monaco.editor.IContentWidgetPosition | null {
    if (this.#position === undefined) return null;
    return {
      position: this.#position,
      preference: [this.#monaco.editor.ContentWidgetPositionPreference.EXACT],
    };
  }

  dispose(): void {
    window.clearTimeout(this.#fade);
    this.#editor.removeContentWidget(this);
  }
}
