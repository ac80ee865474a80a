import { CaretHints } from "./caretHints.ts";
import type * as Monaco from "./monaco.ts";
import type { CaretLine } from "./outOfSight.ts";

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

interface CaretLook {
  readonly labels: NameLabels;
  readonly heightPx: number;
}

export type NameLabels = "always" | "activity" | "never";

/** How long a name stays after its owner has moved. */
const LABEL_MS = 2000;

/**
 * Draws other people's carets, selections and names into one editor, and at its edges those who are
 * out of sight. A caret is told apart by the session and its place in the order of that session's
 * carets, not by its id, which changes with every move of its owner; so a label stays while they move.
 */
export class Carets {
  readonly #monaco: typeof Monaco;
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #selections: Monaco.editor.IEditorDecorationsCollection;
  readonly #hints: CaretHints;
  #shownSelections = "";
  #widgets = new Map<string, CaretWidget>();

  constructor(monaco: typeof Monaco, editor: Monaco.editor.IStandaloneCodeEditor) {
    this.#monaco = monaco;
    this.#editor = editor;
    this.#selections = editor.createDecorationsCollection();
    this.#hints = new CaretHints(editor);
  }

  show(carets: readonly Caret[], labels: NameLabels): void {
    const model = this.#editor.getModel();
    if (model === null) return;
    const widgets = new Map<string, CaretWidget>();
    const counts = new Map<number, number>();
    const lines: CaretLine[] = [];
    const heightPx = this.#editor.getOption(this.#monaco.editor.EditorOption.lineHeight);
    for (const caret of carets) {
      const nth = counts.get(caret.session) ?? 0;
      counts.set(caret.session, nth + 1);
      const key = `${caret.session}.${nth}`;
      const position = model.getPositionAt(caret.position);
      const widget = this.#widgets.get(key) ?? new CaretWidget(this.#monaco, this.#editor, key);
      widget.show(caret, position, { labels, heightPx });
      widgets.set(key, widget);
      lines.push({ ...caret, line: position.lineNumber });
    }
    for (const [key, widget] of this.#widgets) if (!widgets.has(key)) widget.dispose();
    this.#widgets = widgets;
    this.#hints.show(lines);
    this.#showSelections(carets, model);
  }

  dispose(): void {
    for (const widget of this.#widgets.values()) widget.dispose();
    this.#selections.clear();
    this.#hints.dispose();
  }

  #showSelections(carets: readonly Caret[], model: Monaco.editor.ITextModel): void {
    const selections = carets
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
      });
    // Decorations are drawn by line, so nothing is done for carets that merely move.
    const key = selections.length === 0 ? "" : JSON.stringify(selections);
    if (key === this.#shownSelections) return;
    this.#shownSelections = key;
    this.#selections.set(selections);
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
  #caretId = "";
  #look = "";
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

  show({ id, name, color }: Caret, position: Position, { labels, heightPx }: CaretLook): void {
    // Above line 1 there is no room.
    const isFirst = position.lineNumber === 1;
    const look = `${name}\n${color}\n${labels}\n${heightPx}\n${isFirst}`;
    if (look !== this.#look) {
      this.#look = look;
      this.#node.className = `caret caret-color-${color}`;
      this.#node.style.height = `${heightPx}px`;
      this.#node.dataset["labels"] = labels;
      this.#label.textContent = name;
      this.#label.classList.toggle("caret-label-below", isFirst);
    }
    // Only its owner gives it another id; the edits of others shift it as it is.
    if (id !== this.#caretId) {
      this.#caretId = id;
      this.#node.classList.add("caret-active");
      window.clearTimeout(this.#fade);
      this.#fade = window.setTimeout(() => this.#node.classList.remove("caret-active"), LABEL_MS);
    }
    const before = this.#position;
    this.#position = position;
    const isThere = before?.lineNumber === position.lineNumber && before.column === position.column;
    if (!isThere) this.#editor.layoutContentWidget(this);
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
