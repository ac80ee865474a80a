import { apply, isEmpty } from "#common/ot/op.ts";
import { pieceOf, revert } from "#common/ot/revert.ts";
import { canEdit } from "#store/control.ts";
import { FileHistory } from "#store/ot/fileHistory.ts";
import type { Ide } from "#store/store.ts";
import { authorOf } from "#store/ui/authors.ts";
import { momentOf } from "../history/times.ts";
import type * as Monaco from "../monaco.ts";
import type { Mounted } from "../monacoBinding.ts";
import "./blame.css";
import { BlameCard } from "./blameCard.ts";
import { BlameText, type BlamedText } from "./blameText.ts";

/** Typing is not followed letter by letter. */
const REDRAW_MS = 150;

/** Lines around those in sight that are drawn too. */
const AROUND_LINES = 60;

/** The first version is the file as it was found: nobody here has written it. */
const FOUND = 1;

/**
 * Shows in an editor who wrote what: a bar at each line in its author's colour, a card with name and
 * time at the bar, a note behind the line of the caret, and perhaps a tint on every character.
 */
export class BlameBinding {
  readonly #ide: Ide;
  readonly #editor: Mounted;
  readonly #history: FileHistory;
  readonly #text: BlameText;
  readonly #bars: Monaco.editor.IEditorDecorationsCollection;
  readonly #note: Monaco.editor.IEditorDecorationsCollection;
  readonly #card: BlameCard;
  readonly #ends: (() => void)[];
  #looked: BlamedText | undefined;
  /** Whether the model is still the text that was looked at. */
  #isFresh = false;
  /** The versions of lines that were needed since. */
  readonly #lines = new Map<number, number>();
  #redraw: (() => void) | undefined;

  constructor(ide: Ide, path: string, mounted: Mounted) {
    this.#ide = ide;
    this.#editor = mounted;
    const { editor, monaco, text } = mounted;
    this.#history = FileHistory.acquire(ide.client, ide.clock, path);
    this.#text = new BlameText(this.#history, ide.clock, () => this.#drawSoon());
    this.#bars = editor.createDecorationsCollection();
    this.#note = editor.createDecorationsCollection();
    this.#card = new BlameCard(editor, {
      showInHistory: (version) => ide.actions.history.open(path, version),
      undoChange: (version) => this.#undo(version),
    });
    const listeners = [
      editor.onDidScrollChange(() => this.#drawBars()),
      editor.onDidChangeCursorPosition(() => this.#drawNote()),
      editor.onMouseMove(({ target }) => this.#point(target, monaco)),
      editor.onMouseLeave(() => this.#card.leave()),
      text.model.onDidChangeContent(() => {
        this.#isFresh = false;
        this.#drawSoon();
      }),
      editor.addAction({
        id: "tandem.line-in-history",
        label: "Show the last change of this line",
        contextMenuGroupId: "navigation",
        keybindings: [monaco.KeyMod.Alt | monaco.KeyMod.Shift | monaco.KeyCode.KeyR],
        run: () => {
          const version = this.#versionOf(editor.getPosition()?.lineNumber ?? 0);
          if (version !== undefined) ide.actions.history.open(path, version);
        },
      }),
      editor.addAction({
        id: "tandem.undo-change-of-line",
        label: "Undo the last change of this line",
        precondition: "!editorReadonly",
        contextMenuGroupId: "navigation",
        keybindings: [monaco.KeyMod.Alt | monaco.KeyMod.Shift | monaco.KeyCode.KeyZ],
        run: () => {
          const version = this.#versionOf(editor.getPosition()?.lineNumber ?? 0);
          if (version !== undefined) this.#undo(version);
        },
      }),
    ];
    this.#ends = [
      ...listeners.map((listener) => () => listener.dispose()),
      ide.store.subscribe((next, previous) => {
        const isOther =
          next.settings.blame !== previous.settings.blame ||
          next.presence !== previous.presence ||
          next.metadata !== previous.metadata;
        if (isOther) this.#drawSoon();
      }),
    ];
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#redraw?.();
    this.#text.dispose();
    this.#history.release();
    this.#card.dispose();
    this.#bars.clear();
    this.#note.clear();
  }

  /** Until it is drawn again, what is there moves along with the text. */
  #drawSoon(): void {
    this.#redraw ??= this.#ide.clock.after(REDRAW_MS, () => {
      this.#redraw = undefined;
      const looked = this.#text.look(this.#editor.text.document.text());
      // What was typed is not the container's yet: its packet brings us here again.
      if (looked === undefined) return;
      this.#looked = looked;
      this.#isFresh = true;
      this.#lines.clear();
      this.#drawBars();
      this.#drawNote();
    });
  }

  #drawBars(): void {
    if (!this.#isFresh) return;
    const { editor, text, monaco } = this.#editor;
    const [first, last] = visibleLines(editor.getVisibleRanges(), text.model.getLineCount());
    this.#learn(first, last);
    const bars: Monaco.editor.IModelDeltaDecoration[] = [];
    for (let line = first; line <= last; line++) {
      const version = this.#versionOf(line);
      if (version === undefined) continue;
      const author = this.#looked?.versions.authorAt(version);
      let end = line;
      while (end < last && this.#authorOf(end + 1) === author) end += 1;
      bars.push({
        range: new monaco.Range(line, 1, end, 1),
        options: { linesDecorationsClassName: `blame-bar ${this.#personClass(version)}` },
      });
      line = end;
    }
    this.#bars.set([...bars, ...this.#tints(first, last)]);
  }

  /** Every character in its author's colour, if that is wanted. */
  #tints(first: number, last: number): Monaco.editor.IModelDeltaDecoration[] {
    if (this.#ide.store.getState().settings.blame !== "characters") return [];
    const { model } = this.#editor.text;
    const { start: from, end: to } = this.#part(first, last);
    return (this.#looked?.spans(from, to) ?? []).flatMap(({ start, end, version }) => {
      if (version === FOUND) return [];
      const range = this.#editor.monaco.Range.fromPositions(
        model.getPositionAt(this.#editor.text.toModel(start)),
        model.getPositionAt(this.#editor.text.toModel(end)),
      );
      const inlineClassName = `blame-tint ${this.#personClass(version)}`;
      return [{ range, options: { inlineClassName } }];
    });
  }

  #drawNote(): void {
    if (!this.#isFresh) return;
    const { editor, monaco, text } = this.#editor;
    const line = editor.getPosition()?.lineNumber ?? 0;
    const version = this.#versionOf(line);
    if (version === undefined || line > text.model.getLineCount()) return this.#note.clear();
    const column = text.model.getLineMaxColumn(line);
    this.#note.set([
      {
        range: new monaco.Range(line, column, line, column),
        options: {
          showIfCollapsed: true,
          after: {
            content: `\u00a0\u00a0\u00a0\u00a0${this.#words(version)}`,
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
    const version = line === undefined ? undefined : this.#versionOf(line);
    if (!isGutter || line === undefined || version === undefined) return this.#card.leave();
    const { versions } = this.#looked ?? {};
    if (versions === undefined) return;
    const author = authorOf(this.#ide.store.getState(), versions.authorAt(version));
    this.#card.show({
      line,
      version,
      name: author.name,
      color: author.color,
      when: momentOf(versions.timeAt(version), this.#ide.clock.now()),
      canUndo: canEdit(this.#ide.store.getState().control),
    });
  }

  /** Takes back what somebody has written in one go, wherever others have typed since. */
  #undo(version: number): void {
    const { document } = this.#editor.text;
    const { versions, blame } = this.#looked ?? {};
    const { notifications } = this.#ide.actions;
    // The change is reckoned on the text that the container has.
    const isKnown = versions !== undefined && versions.textAt(versions.count) === document.text();
    if (blame === undefined || !isKnown) {
      return notifications.notify({ text: "Something is being typed just now. Please try again." });
    }
    const op = revert(versions, pieceOf(blame, versions, version));
    const text = apply(document.text(), op);
    if (isEmpty(op)) return notifications.notify({ text: "Nothing is left of that change." });
    this.#editor.text.replace(text);
  }

  /** The version that has written a line, unless the line was found with the file. */
  #versionOf(line: number): number | undefined {
    if (this.#isFresh && line >= 1 && !this.#lines.has(line)) this.#learn(line, line);
    const version = this.#isFresh ? this.#lines.get(line) : undefined;
    return version === undefined || version <= FOUND ? undefined : version;
  }

  /** Finds out about some lines, as far as that was not done before. */
  #learn(first: number, last: number): void {
    let [from, to] = [first, last];
    while (from <= to && this.#lines.has(from)) from += 1;
    while (to >= from && this.#lines.has(to)) to -= 1;
    if (from > to || to > this.#editor.text.model.getLineCount()) return;
    const { start, end } = this.#part(from, to);
    const versions = this.#looked?.lines(start, end) ?? [];
    for (let line = from; line <= to; line++) this.#lines.set(line, versions[line - from] ?? 0);
  }

  /** Lines with their ends, in UTF-16 units of the file. */
  #part(first: number, last: number): { readonly start: number; readonly end: number } {
    const { model } = this.#editor.text;
    const end =
      last < model.getLineCount()
        ? model.getOffsetAt({ lineNumber: last + 1, column: 1 })
        : model.getValueLength();
    const start = model.getOffsetAt({ lineNumber: first, column: 1 });
    return { start: this.#editor.text.toFile(start), end: this.#editor.text.toFile(end) };
  }

  #authorOf(line: number): number | undefined {
    const version = this.#versionOf(line);
    return version === undefined ? undefined : this.#looked?.versions.authorAt(version);
  }

  #personClass(version: number): string {
    const author = this.#looked?.versions.authorAt(version) ?? 0;
    return `caret-color-${authorOf(this.#ide.store.getState(), author).color ?? "none"}`;
  }

  #words(version: number): string {
    const { versions } = this.#looked ?? {};
    if (versions === undefined) return "";
    const state = this.#ide.store.getState();
    const author = versions.authorAt(version);
    const name = author === state.control.self?.userId ? "You" : authorOf(state, author).name;
    return `${name}, ${momentOf(versions.timeAt(version), this.#ide.clock.now())}`;
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
