import type { Ide } from "#store/store.ts";
import type * as Monaco from "../monaco.ts";
import type { Mounted } from "../monacoBinding.ts";
import "./blame.css";
import { BlameCard } from "./blameCard.ts";
import { LineBlame } from "./lineBlame.ts";

/** Lines around those in sight that are drawn too. */
const AROUND_LINES = 60;

/**
 * Shows in an editor who wrote what: a bar at each line in its author's colour, a card with name and
 * time at the bar, a note behind the line of the caret, and perhaps a tint on every character.
 */
export class BlameBinding {
  readonly #ide: Ide;
  readonly #editor: Mounted;
  readonly #blame: LineBlame;
  readonly #bars: Monaco.editor.IEditorDecorationsCollection;
  readonly #note: Monaco.editor.IEditorDecorationsCollection;
  readonly #card: BlameCard;
  readonly #ends: (() => void)[];

  constructor(ide: Ide, path: string, mounted: Mounted) {
    this.#ide = ide;
    this.#editor = mounted;
    const { editor, monaco, text } = mounted;
    const { model, document } = text;
    const part = (first: number, last: number) => {
      const end =
        last < model.getLineCount()
          ? model.getOffsetAt({ lineNumber: last + 1, column: 1 })
          : model.getValueLength();
      const start = model.getOffsetAt({ lineNumber: first, column: 1 });
      return { start: text.toFile(start), end: text.toFile(end) };
    };
    const replace = (after: string): void => text.replace(after);
    const lines = {
      text: () => document.text(),
      lineCount: () => model.getLineCount(),
      part,
      replace,
    };
    this.#blame = new LineBlame(ide, path, lines, () => {
      this.#drawBars();
      this.#drawNote();
    });
    this.#bars = editor.createDecorationsCollection();
    this.#note = editor.createDecorationsCollection();
    this.#card = new BlameCard(editor.getContainerDomNode(), this.#blame);
    const listeners = [
      editor.onDidScrollChange(() => this.#drawBars()),
      editor.onDidChangeCursorPosition(() => this.#drawNote()),
      editor.onMouseMove(({ target }) => this.#point(target, monaco)),
      editor.onMouseLeave(() => this.#card.leave()),
      model.onDidChangeContent(() => this.#blame.handleChange()),
      editor.addAction({
        id: "tandem.line-in-history",
        label: "Show the last change of this line",
        contextMenuGroupId: "navigation",
        keybindings: [monaco.KeyMod.Alt | monaco.KeyMod.Shift | monaco.KeyCode.KeyR],
        run: () => {
          const version = this.#blame.versionOf(editor.getPosition()?.lineNumber ?? 0);
          if (version !== undefined) this.#blame.showInHistory(version);
        },
      }),
      editor.addAction({
        id: "tandem.undo-change-of-line",
        label: "Undo the last change of this line",
        precondition: "!editorReadonly",
        contextMenuGroupId: "navigation",
        keybindings: [monaco.KeyMod.Alt | monaco.KeyMod.Shift | monaco.KeyCode.KeyZ],
        run: () => {
          const version = this.#blame.versionOf(editor.getPosition()?.lineNumber ?? 0);
          if (version !== undefined) this.#blame.undoChange(version);
        },
      }),
    ];
    this.#ends = listeners.map((listener) => () => listener.dispose());
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#blame.dispose();
    this.#card.dispose();
    this.#bars.clear();
    this.#note.clear();
  }

  #drawBars(): void {
    if (!this.#blame.isFresh) return;
    const { editor, text, monaco } = this.#editor;
    const [first, last] = visibleLines(editor.getVisibleRanges(), text.model.getLineCount());
    this.#blame.learn(first, last);
    const bars: Monaco.editor.IModelDeltaDecoration[] = [];
    for (let line = first; line <= last; line++) {
      const version = this.#blame.versionOf(line);
      if (version === undefined) continue;
      const author = this.#blame.authorOf(line);
      let end = line;
      while (end < last && this.#blame.authorOf(end + 1) === author) end += 1;
      bars.push({
        range: new monaco.Range(line, 1, end, 1),
        options: { linesDecorationsClassName: `blame-bar ${this.#blame.personClass(version)}` },
      });
      line = end;
    }
    this.#bars.set([...bars, ...this.#tints(first, last)]);
  }

  /** Every character in its author's colour, if that is wanted. */
  #tints(first: number, last: number): Monaco.editor.IModelDeltaDecoration[] {
    if (this.#ide.store.getState().settings.blame !== "characters") return [];
    const { model } = this.#editor.text;
    return this.#blame.spans(first, last).map(({ start, end, version }) => {
      const range = this.#editor.monaco.Range.fromPositions(
        model.getPositionAt(this.#editor.text.toModel(start)),
        model.getPositionAt(this.#editor.text.toModel(end)),
      );
      const inlineClassName = `blame-tint ${this.#blame.personClass(version)}`;
      return { range, options: { inlineClassName } };
    });
  }

  #drawNote(): void {
    if (!this.#blame.isFresh) return;
    const { editor, monaco, text } = this.#editor;
    const line = editor.getPosition()?.lineNumber ?? 0;
    const about = this.#blame.about(line);
    if (about === undefined || line > text.model.getLineCount()) return this.#note.clear();
    const column = text.model.getLineMaxColumn(line);
    this.#note.set([
      {
        range: new monaco.Range(line, column, line, column),
        options: {
          showIfCollapsed: true,
          after: {
            content: `\u00a0\u00a0\u00a0\u00a0${about.isMe ? "You" : about.name}, ${about.when}`,
            inlineClassName: "blame-note",
            cursorStops: monaco.editor.InjectedTextCursorStops.None,
          },
        },
      },
    ]);
  }

  #point(target: Monaco.editor.IMouseTarget, monaco: typeof Monaco): void {
    const { MouseTargetType } = monaco.editor;
    const isGutter =
      target.type === MouseTargetType.GUTTER_LINE_DECORATIONS ||
      target.type === MouseTargetType.GUTTER_LINE_NUMBERS;
    const line = target.position?.lineNumber;
    const about = line === undefined ? undefined : this.#blame.about(line);
    if (!isGutter || line === undefined || about === undefined) return this.#card.leave();
    const { editor } = this.#editor;
    const { contentLeft: left, height: editorHeight } = editor.getLayoutInfo();
    const lineTop = editor.getTopForLineNumber(line) - editor.getScrollTop();
    const lineBottom = editor.getBottomForLineNumber(line) - editor.getScrollTop();
    this.#card.show(about, { left, lineTop, lineBottom, editorHeight });
  }
}

function visibleLines(
  ranges: readonly Monaco.Range[],
  count: number,
): readonly [first: number, last: number] {
  const first = ranges[0]?.startLineNumber ?? 1;
  const last = ranges.at(-1)?.endLineNumber ?? 1;
  return [Math.max(first - AROUND_LINES, 1), Math.min(last + AROUND_LINES, count)];
}
