import type { Place } from "#protocol/document.ts";
import type { Ide } from "#store/store.ts";
import type * as Monaco from "../monaco.ts";
import type { Mounted } from "../monacoBinding.ts";
import "./comments.css";
import {
  ThreadsBinding,
  wordsOf,
  type CommentedText,
  type CommentSpot,
  type ThreadInText,
} from "./threadsBinding.ts";
import { Zone } from "./zone.ts";

/** Marks in one editor what is commented, and makes room for the thread that is open. */
export class CommentsBinding {
  readonly #editor: Mounted;
  readonly #threads: ThreadsBinding;
  readonly #onSpot: (spot: CommentSpot | undefined) => void;
  readonly #marks: Monaco.editor.IEditorDecorationsCollection;
  readonly #draft: Monaco.editor.IEditorDecorationsCollection;
  readonly #ends: (() => void)[];
  #zone: Zone | undefined;
  #spot: CommentSpot | undefined;
  /** The thread that was brought into sight, once. */
  #revealed: string | undefined;

  constructor(
    ide: Ide,
    text: CommentedText,
    mounted: Mounted,
    onSpot: (spot: CommentSpot | undefined) => void,
  ) {
    this.#editor = mounted;
    this.#onSpot = onSpot;
    this.#threads = new ThreadsBinding(ide, text, () => this.#draw());
    const { editor, monaco } = mounted;
    this.#marks = editor.createDecorationsCollection();
    this.#draft = editor.createDecorationsCollection();
    const action = editor.addAction({
      id: "tandem.comment",
      label: "Comment",
      contextMenuGroupId: "1_modification",
      precondition: "!editorReadonly",
      run: () => ide.actions.comments.begin(text.pane),
    });
    const click = editor.onMouseDown(({ target }) => {
      if (target.type === monaco.editor.MouseTargetType.GUTTER_LINE_DECORATIONS) {
        this.#toggleAt(target.position.lineNumber);
      }
    });
    this.#ends = [() => action.dispose(), () => click.dispose()];
    this.#threads.follow();
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#threads.dispose();
    this.#setSpot(undefined);
    this.#marks.clear();
    this.#draft.clear();
  }

  #draw(): void {
    const shown = this.#threads.shown();
    this.#marks.set(shown.flatMap((thread) => this.#marksOf(thread)));
    const open = shown.find(({ isOpen }) => isOpen);
    if (open !== undefined) this.#showThread(open);
    else if (this.#threads.hasDraft) this.#beginDraft();
    else this.#setSpot(undefined);
    if (open === undefined) this.#revealed = undefined;
  }

  #marksOf({
    thread,
    place,
    isOpen,
  }: ThreadInText): readonly Monaco.editor.IModelDeltaDecoration[] {
    const { monaco } = this.#editor;
    const range = this.#rangeOf(place);
    const line = range.startLineNumber;
    const gutter = {
      range: new monaco.Range(line, 1, line, 1),
      options: {
        linesDecorationsClassName: `comment-mark${isOpen ? " comment-mark--open" : ""}`,
        linesDecorationsTooltip: wordsOf(thread),
      },
    };
    const text = {
      range,
      options: {
        className: `comment-text${isOpen ? " comment-text--open" : ""}`,
        stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
        overviewRuler: {
          color: "#d4a72c",
          position: monaco.editor.OverviewRulerLane.Center,
        },
      },
    };
    return place.isRemoved ? [gutter] : [gutter, text];
  }

  #showThread({ thread: { id }, place }: ThreadInText): void {
    const range = this.#rangeOf(place);
    this.#makeRoom(range.endLineNumber, id, place.isRemoved);
    if (this.#revealed === id) return;
    this.#revealed = id;
    this.#editor.editor.revealRangeInCenterIfOutsideViewport(range);
  }

  #beginDraft(): void {
    if (this.#spot !== undefined && this.#spot.thread === undefined) return;
    const { editor, monaco, text } = this.#editor;
    const selection = editor.getSelection();
    if (selection === null) return;
    let range: Monaco.Range = this.#withoutLastBreak(selection);
    if (selection.isEmpty()) {
      const { startLineNumber: line } = selection;
      const first = text.model.getLineFirstNonWhitespaceColumn(line);
      range = new monaco.Range(line, first || 1, line, text.model.getLineMaxColumn(line));
    }
    this.#draft.set([
      {
        range,
        options: {
          className: "comment-text comment-text--open",
          stickiness: monaco.editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
        },
      },
    ]);
    this.#makeRoom(range.endLineNumber, undefined, false);
    editor.revealRangeInCenterIfOutsideViewport(range);
  }

  #submit(text: string): Promise<string | undefined> {
    return this.#threads.open(() => {
      const { model } = this.#editor.text;
      const [range] = this.#draft.getRanges();
      if (range === undefined) return { from: 0, to: 0 };
      return {
        from: this.#editor.text.toFile(model.getOffsetAt(range.getStartPosition())),
        to: this.#editor.text.toFile(model.getOffsetAt(range.getEndPosition())),
      };
    }, text);
  }

  #makeRoom(afterLine: number, thread: string | undefined, isRemoved: boolean): void {
    const spot = this.#spot;
    if (this.#zone !== undefined && spot?.thread === thread && spot?.isRemoved === isRemoved) {
      this.#zone.moveTo(afterLine);
      return;
    }
    this.#setSpot(undefined);
    if (thread !== undefined) this.#draft.clear();
    this.#zone = new Zone(this.#editor.editor, afterLine);
    this.#setSpot({
      element: this.#zone.element,
      thread,
      isRemoved,
      submit: (text) => this.#submit(text),
    });
  }

  #setSpot(spot: CommentSpot | undefined): void {
    if (spot === undefined) {
      if (this.#spot === undefined) return;
      this.#zone?.dispose();
      this.#zone = undefined;
      this.#draft.clear();
      // The card had the keyboard: it goes back to the text.
      if (this.#spot.element.contains(document.activeElement)) this.#editor.editor.focus();
    }
    this.#spot = spot;
    this.#onSpot(spot);
  }

  #toggleAt(line: number): void {
    const here = this.#threads
      .shown()
      .filter(({ place }) => this.#rangeOf(place).startLineNumber === line);
    this.#threads.toggle(here);
  }

  #rangeOf({ from, to }: Place): Monaco.Range {
    const { model } = this.#editor.text;
    return this.#withoutLastBreak(
      this.#editor.monaco.Range.fromPositions(
        model.getPositionAt(this.#editor.text.toModel(from)),
        model.getPositionAt(this.#editor.text.toModel(to)),
      ),
    );
  }

  /** Whole lines end where the next begins, which nobody means who selects them. */
  #withoutLastBreak(range: Monaco.Range): Monaco.Range {
    const { startLineNumber, startColumn, endLineNumber, endColumn } = range;
    if (endColumn !== 1 || endLineNumber === startLineNumber) return range;
    const last = endLineNumber - 1;
    const end = this.#editor.text.model.getLineMaxColumn(last);
    return new this.#editor.monaco.Range(startLineNumber, startColumn, last, end);
  }
}
