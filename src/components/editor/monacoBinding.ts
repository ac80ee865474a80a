import "./carets.css";
import type { OpenDocument } from "#protocol/document.ts";
import { VIEW_ONLY } from "#store/control.ts";
import type { EditorStatus, TextSpan } from "#store/ui/editors.ts";
import { Carets, type NameLabels } from "./carets.ts";
import { flash } from "./flash.ts";
import type * as Monaco from "./monaco.ts";
import { darkTheme, lightTheme } from "./monacoThemes.ts";
import { MonacoTextBinding } from "./textBinding.ts";
import { GUTTER_PX, lineHeightPx, NUMBER_CHARS, PADDING_PX } from "./textMetrics.ts";

export interface EditorLook {
  readonly isDark: boolean;
  readonly fontSizePx: number;
  readonly fontFamily: string;
  readonly wrap: boolean;
  readonly minimap: boolean;
  readonly readOnly: boolean;
  readonly names: NameLabels;
  readonly tabLeaves: boolean;
}

export interface EditorCallbacks {
  /** The editor stands on the screen with its text: whatever held its place can go. */
  ready(): void;
  status(status: EditorStatus): void;
  /** The place of this person in the palette. */
  colorOf(userId: number): number;
  /** Typing, clicking or scrolling: this person is here and awake. */
  active(): void;
  /** The first line in sight is another. */
  scrolled(line: number): void;
}

/**
 * Mounts Monaco into `element` for one open document. Monaco is loaded on the first use; calls before
 * that are kept and done when it is there. Lines and columns count from 1.
 */
export class MonacoBinding {
  readonly #element: HTMLElement;
  readonly #document: OpenDocument;
  readonly #callbacks: EditorCallbacks;
  #look: EditorLook;
  #mounted: Mounted | undefined;
  #pending: ((mounted: Mounted) => void)[] = [];
  #isDisposed = false;
  #willDraw = false;
  /** Others' edits move the carets at this moment. */
  #isCarried = false;
  readonly #disposers: (() => void)[] = [];

  constructor(
    element: HTMLElement,
    document: OpenDocument,
    look: EditorLook,
    callbacks: EditorCallbacks,
  ) {
    this.#element = element;
    this.#document = document;
    this.#look = look;
    this.#callbacks = callbacks;
    void this.#mount(); // A failed load leaves the readable text in place.
  }

  setLook(look: EditorLook): void {
    this.#look = look;
    this.whenMounted(({ monaco, editor }) => {
      monaco.editor.setTheme(themeOf(look));
      editor.updateOptions(optionsOf(look));
      this.#drawCaretsSoon();
    });
  }

  /** Draws carets again: colours or names have changed. */
  refreshCarets(): void {
    this.#drawCaretsSoon();
  }

  focus(): void {
    this.whenMounted(({ editor }) => editor.focus());
  }

  reveal(line: number, column: number): void {
    this.whenMounted(({ editor }) => {
      editor.setPosition({ lineNumber: line, column });
      editor.revealPositionInCenterIfOutsideViewport({ lineNumber: line, column });
    });
  }

  /** Brings a place of the file's text into sight without moving my caret. */
  show(offset: number): void {
    this.whenMounted(({ editor, text }) =>
      editor.revealPositionInCenterIfOutsideViewport(
        text.model.getPositionAt(text.toModel(offset)),
      ),
    );
  }

  /** Makes a line the first one in sight. */
  scrollTo(line: number): void {
    this.whenMounted(({ editor }) => {
      if (firstLineOf(editor) === line) return;
      editor.setScrollTop(line === 1 ? 0 : editor.getTopForLineNumber(line));
    });
  }

  /** Runs one of the editor's own commands, such as `actions.find`. */
  run(command: string): void {
    this.whenMounted(({ editor }) => {
      editor.focus();
      editor.trigger("app", command, {});
    });
  }

  /** Types at the carets. */
  type(text: string): void {
    this.whenMounted(({ editor }) => editor.trigger("keyboard", "type", { text }));
  }

  text(): string {
    return this.#document.text();
  }

  selection(): TextSpan {
    const selection = this.#mounted?.editor.getSelection();
    return {
      line: selection?.startLineNumber ?? 1,
      column: selection?.startColumn ?? 1,
      endLine: selection?.endLineNumber ?? 1,
      endColumn: selection?.endColumn ?? 1,
    };
  }

  selectedText(): string {
    const editor = this.#mounted?.editor;
    const selection = editor?.getSelection();
    if (editor === undefined || selection === null || selection === undefined) return "";
    return editor.getModel()?.getValueInRange(selection) ?? "";
  }

  flush(): Promise<void> {
    return this.#document.flush();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#pending = [];
    for (const dispose of this.#disposers.splice(0).reverse()) dispose();
    this.#mounted = undefined;
  }

  /** Does something with the editor, now or as soon as it is there. */
  whenMounted(action: (mounted: Mounted) => void): void {
    if (this.#mounted !== undefined) action(this.#mounted);
    else this.#pending.push(action);
  }

  async #mount(): Promise<void> {
    const monaco = await import("./monaco.ts");
    if (this.#isDisposed) return;
    defineThemes(monaco);
    const text = MonacoTextBinding.acquire(monaco, this.#document);
    const editor = monaco.editor.create(this.#element, {
      ...optionsOf(this.#look),
      model: text.model,
      theme: themeOf(this.#look),
      automaticLayout: true,
      // Words of this file only; anything cleverer is the container's to know.
      wordBasedSuggestions: "currentDocument",
    });
    const carets = new Carets(monaco, editor);
    this.#mounted = { monaco, editor, text, carets };
    const disposables = [
      editor.onDidChangeCursorSelection(() => {
        if (text.isReceiving) {
          this.#isCarried = true;
          return;
        }
        this.#callbacks.active();
        this.#tellSelections();
      }),
      editor.onDidScrollChange(() => {
        this.#callbacks.active();
        this.#callbacks.scrolled(firstLineOf(editor));
      }),
      editor.onDidChangeModelContent(() => this.#drawCaretsSoon()),
      // Whatever changes under a composition ends it, or has its result in two places.
      editor.onDidCompositionStart(() => {
        const lines = (editor.getSelections() ?? []).map((each) => each.positionLineNumber);
        text.hold(Math.min(...lines), Math.max(...lines));
      }),
      // What it has made is typed by the same turn of the loop, perhaps after this.
      editor.onDidCompositionEnd(() => window.setTimeout(() => text.letGo())),
      text.model.onDidChangeOptions(() => this.#tellStatus()),
      text.model.onDidChangeLanguage(() => this.#tellStatus()),
    ];
    this.#disposers.push(
      () => {
        text.letGo();
        text.release();
      },
      () => editor.dispose(),
      () => carets.dispose(),
      () => {
        for (const disposable of disposables) disposable.dispose();
      },
      text.carryCaretsOf(editor),
      text.onReceived(() => {
        if (this.#isCarried) this.#tellSelections();
        this.#isCarried = false;
      }),
      text.onStep((changed) => {
        const last = changed.at(-1);
        if (last === undefined) return;
        editor.setPosition(last.getEndPosition());
        editor.revealRangeInCenterIfOutsideViewport(last);
        flash(editor, changed);
      }),
      this.#document.onCursors(() => this.#drawCaretsSoon()),
    );
    this.#drawCaretsSoon();
    this.#tellStatus();
    this.#callbacks.scrolled(firstLineOf(editor));
    for (const action of this.#pending.splice(0)) action(this.#mounted);
    this.#callbacks.ready();
  }

  #tellSelections(): void {
    const { editor, text } = this.#mounted ?? {};
    if (editor === undefined || text === undefined) return;
    const { model } = text;
    this.#tellStatus();
    this.#document.setSelections(
      (editor.getSelections() ?? []).map((selection) => ({
        anchor: text.toFile(
          model.getOffsetAt({
            lineNumber: selection.selectionStartLineNumber,
            column: selection.selectionStartColumn,
          }),
        ),
        head: text.toFile(model.getOffsetAt(selection.getPosition())),
      })),
    );
  }

  #tellStatus(): void {
    const { editor, text } = this.#mounted ?? {};
    const position = editor?.getPosition();
    if (editor === undefined || text === undefined || !position) return;
    const { model } = text;
    const selections = editor.getSelections() ?? [];
    const { insertSpaces, indentSize } = model.getOptions();
    this.#callbacks.status({
      line: position.lineNumber,
      column: position.column,
      selectedChars: selections.reduce(
        (sum, selection) => sum + model.getValueLengthInRange(selection),
        0,
      ),
      carets: selections.length,
      language: model.getLanguageId(),
      eol: text.eol,
      indentation: insertSpaces ? `Spaces: ${indentSize}` : `Tabs: ${indentSize}`,
    });
  }

  /** Once for all that this turn of the loop brings, which is what the wire brings in a frame. */
  #drawCaretsSoon(): void {
    if (this.#willDraw) return;
    this.#willDraw = true;
    queueMicrotask(() => {
      this.#willDraw = false;
      this.#drawCarets();
    });
  }

  #drawCarets(): void {
    const { text, carets } = this.#mounted ?? {};
    if (text === undefined || carets === undefined || text.model.isDisposed()) return;
    carets.show(
      this.#document.cursors().map((cursor) => ({
        id: cursor.id,
        session: cursor.session,
        name: cursor.name,
        color: this.#callbacks.colorOf(cursor.userId),
        position: text.toModel(cursor.position),
        selectionStart: text.toModel(cursor.selectionStart),
        selectionEnd: text.toModel(cursor.selectionEnd),
      })),
      this.#look.names,
    );
  }
}

function firstLineOf(editor: Monaco.editor.ICodeEditor): number {
  return editor.getVisibleRanges()[0]?.startLineNumber ?? 1;
}

export interface Mounted {
  readonly monaco: typeof Monaco;
  readonly editor: Monaco.editor.IStandaloneCodeEditor;
  readonly text: MonacoTextBinding;
  readonly carets: Carets;
}

export function themeOf({ isDark }: EditorLook): string {
  return isDark ? "tandem-dark" : "tandem-light";
}

export function defineThemes(monaco: typeof Monaco): void {
  monaco.editor.defineTheme("tandem-dark", darkTheme);
  monaco.editor.defineTheme("tandem-light", lightTheme);
}

export function optionsOf(look: EditorLook): Monaco.editor.IEditorOptions {
  return {
    readOnly: look.readOnly,
    readOnlyMessage: { value: VIEW_ONLY },
    fontSize: look.fontSizePx,
    fontFamily: look.fontFamily,
    lineHeight: lineHeightPx(look.fontSizePx),
    wordWrap: look.wrap ? "on" : "off",
    minimap: { enabled: look.minimap },
    tabFocusMode: look.tabLeaves,
    // Remote labels stand above the first line as well.
    padding: { top: PADDING_PX, bottom: PADDING_PX },
    lineNumbersMinChars: NUMBER_CHARS,
    lineDecorationsWidth: GUTTER_PX,
    scrollBeyondLastLine: false,
    smoothScrolling: false,
    cursorSmoothCaretAnimation: "off",
    renderLineHighlight: "line",
    guides: { indentation: true, bracketPairs: false },
    quickSuggestions: { other: "off", comments: "off", strings: "off" },
    accessibilitySupport: "auto",
    fixedOverflowWidgets: true,
    overviewRulerBorder: false,
    multiCursorModifier: "alt",
    links: true,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
  };
}
