import { CaretHints } from "./caretHints.ts";
import { columnsAside } from "./labelPlace.ts";
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
  readonly columnPx: number;
  /** My own caret, which no name may cover. */
  readonly mine: Position | null;
}

export type NameLabels = "always" | "activity" | "never";

/** How long a name stays after its owner has moved. */
const LABEL_MS = 2000;
/** So near to a caret the pointer asks whose it is. */
const POINTED_PX = 6;

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
  readonly #ends: readonly { dispose(): void }[];
  #shownSelections = "";
  #widgets = new Map<string, CaretWidget>();

  constructor(monaco: typeof Monaco, editor: Monaco.editor.IStandaloneCodeEditor) {
    this.#monaco = monaco;
    this.#editor = editor;
    this.#selections = editor.createDecorationsCollection();
    this.#hints = new CaretHints(editor);
    const { MouseTargetType } = monaco.editor;
    this.#ends = [
      editor.onMouseMove(({ target, event }) => {
        const isText =
          target.type === MouseTargetType.CONTENT_TEXT ||
          target.type === MouseTargetType.CONTENT_EMPTY;
        const line = isText ? target.position?.lineNumber : undefined;
        for (const widget of this.#widgets.values()) widget.point(line, event.browserEvent.clientX);
      }),
      editor.onMouseLeave(() => {
        for (const widget of this.#widgets.values()) widget.point(undefined, 0);
      }),
      editor.onDidChangeCursorPosition(({ position }) => {
        for (const widget of this.#widgets.values()) widget.giveWay(position);
      }),
    ];
  }

  show(carets: readonly Caret[], labels: NameLabels): void {
    const model = this.#editor.getModel();
    if (model === null) return;
    const widgets = new Map<string, CaretWidget>();
    const counts = new Map<number, number>();
    const lines: CaretLine[] = [];
    const { EditorOption } = this.#monaco.editor;
    const look = {
      labels,
      heightPx: this.#editor.getOption(EditorOption.lineHeight),
      columnPx: this.#editor.getOption(EditorOption.fontInfo).typicalHalfwidthCharacterWidth,
      mine: this.#editor.getPosition(),
    };
    for (const caret of carets) {
      const nth = counts.get(caret.session) ?? 0;
      counts.set(caret.session, nth + 1);
      const key = `${caret.session}.${nth}`;
      const position = model.getPositionAt(caret.position);
      const widget = this.#widgets.get(key) ?? new CaretWidget(this.#monaco, this.#editor, key);
      widget.show(caret, position, look);
      widgets.set(key, widget);
      lines.push({ ...caret, line: position.lineNumber });
    }
    for (const [key, widget] of this.#widgets) if (!widgets.has(key)) widget.dispose();
    this.#widgets = widgets;
    this.#hints.show(lines);
    this.#showSelections(carets, model);
  }

  dispose(): void {
    for (const end of this.#ends) end.dispose();
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
  #columnPx = 0;
  #asideColumns = 0;
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

  show({ id, name, color }: Caret, position: Position, caretLook: CaretLook): void {
    const { labels, heightPx, columnPx, mine } = caretLook;
    // Above line 1 there is no room.
    const isFirst = position.lineNumber === 1;
    const look = `${name}\n${color}\n${labels}\n${heightPx}\n${columnPx}\n${isFirst}`;
    if (look !== this.#look) {
      this.#look = look;
      this.#node.className = `caret caret-color-${color}`;
      this.#columnPx = columnPx;
      this.#asideColumns = -1;
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
    this.giveWay(mine);
  }

  /** Has the name leave my own caret to be seen. */
  giveWay(mine: Position | null): void {
    if (this.#position === undefined) return;
    const { lineNumber } = this.#position;
    const row = lineNumber === 1 ? 2 : lineNumber - 1;
    const columns = columnsAside(this.#position, row, this.#label.textContent ?? "", mine);
    if (columns === this.#asideColumns) return;
    this.#asideColumns = columns;
    this.#label.style.translate = columns === 0 ? "" : `${columns * this.#columnPx}px`;
  }

  /** The pointer is in a line, or in none, at some distance from the edge of the window. */
  point(line: number | undefined, xPx: number): void {
    // Where a caret is on the screen is asked for only when it may be the one.
    const isPointed =
      line !== undefined &&
      line === this.#position?.lineNumber &&
      Math.abs(this.#node.getBoundingClientRect().x - xPx) <= POINTED_PX;
    this.#node.classList.toggle("caret-pointed", isPointed);
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
