import type { Anchors, OpenDocument, Place } from "#protocol/document.ts";
import { canEdit } from "#store/control.ts";
import type { Thread } from "#store/metadata/threads.ts";
import type { Ide, IdeState } from "#store/store.ts";
import { threadsByFile } from "#store/ui/comments.ts";
import type * as Monaco from "../monaco.ts";
import type { Mounted } from "../monacoBinding.ts";
import "./comments.css";
import { Zone } from "./zone.ts";

/** An anchor that is further behind is written anew, so that opening never needs a long history. */
const FAR_BEHIND = 2000;

/** Where a card belongs that React draws: below its text, inside the editor. */
export interface CommentSpot {
  readonly element: HTMLElement;
  /** Undefined while a new one is being written. */
  readonly thread: string | undefined;
  readonly isRemoved: boolean;
  /** Opens the thread with its first comment; why that failed, or nothing. */
  readonly submit: (text: string) => Promise<string | undefined>;
}

/** Marks in one editor what is commented, and makes room for the thread that is open. */
export class CommentsBinding {
  readonly #ide: Ide;
  readonly #pane: string;
  readonly #path: string;
  readonly #editor: Mounted;
  readonly #anchors: Anchors;
  readonly #onSpot: (spot: CommentSpot | undefined) => void;
  readonly #marks: Monaco.editor.IEditorDecorationsCollection;
  readonly #draft: Monaco.editor.IEditorDecorationsCollection;
  readonly #ends: (() => void)[];
  readonly #anchored = new Set<string>();
  #zone: Zone | undefined;
  #spot: CommentSpot | undefined;
  /** The thread that was brought into sight, once. */
  #revealed: string | undefined;

  constructor(
    ide: Ide,
    place: { readonly pane: string; readonly path: string; readonly document: OpenDocument },
    mounted: Mounted,
    onSpot: (spot: CommentSpot | undefined) => void,
  ) {
    this.#ide = ide;
    this.#pane = place.pane;
    this.#path = place.path;
    this.#editor = mounted;
    this.#onSpot = onSpot;
    this.#anchors = ide.client.ot.anchors(place.document);
    const { editor, monaco } = mounted;
    this.#marks = editor.createDecorationsCollection();
    this.#draft = editor.createDecorationsCollection();
    const action = editor.addAction({
      id: "tandem.comment",
      label: "Comment",
      contextMenuGroupId: "1_modification",
      precondition: "!editorReadonly",
      run: () => ide.actions.comments.begin(place.pane),
    });
    const click = editor.onMouseDown(({ target }) => {
      if (target.type === monaco.editor.MouseTargetType.GUTTER_LINE_DECORATIONS) {
        this.#toggleAt(target.position.lineNumber);
      }
    });
    this.#ends = [
      () => action.dispose(),
      () => click.dispose(),
      this.#anchors.onMoved(() => this.#draw()),
      ide.store.subscribe((next, previous) => {
        if (next.metadata !== previous.metadata) this.#follow();
        else if (next.comments !== previous.comments) this.#draw();
      }),
    ];
    this.#follow();
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#anchors.dispose();
    this.#setSpot(undefined);
    this.#marks.clear();
    this.#draft.clear();
  }

  get #threads(): readonly Thread[] {
    return threadsByFile(this.#ide.store.getState().metadata.threads).get(this.#path) ?? [];
  }

  #follow(): void {
    this.#anchors.follow(new Map(this.#threads.map(({ id, anchor }) => [id, anchor])));
  }

  #draw(): void {
    const state = this.#ide.store.getState();
    const places = this.#anchors.places();
    const shown = this.#threads.flatMap((thread) => {
      const place = places.get(thread.id);
      const isOpen = thread.id === state.comments.thread;
      return place === undefined || (thread.isResolved && !isOpen) ? [] : [{ thread, place }];
    });
    this.#marks.set(
      shown.flatMap(({ thread, place }) =>
        this.#marksOf(thread, place, thread.id === state.comments.thread),
      ),
    );
    const open = shown.find(({ thread }) => thread.id === state.comments.thread);
    if (open !== undefined) this.#showThread(open.thread, open.place);
    else if (state.comments.draftPane === this.#pane) this.#beginDraft();
    else this.#setSpot(undefined);
    if (open === undefined) this.#revealed = undefined;
    this.#anchorAnew(state, shown);
  }

  #marksOf(
    thread: Thread,
    place: Place,
    isOpen: boolean,
  ): readonly Monaco.editor.IModelDeltaDecoration[] {
    const { monaco } = this.#editor;
    const range = this.#rangeOf(place);
    const line = range.startLineNumber;
    const [first] = thread.comments;
    const more = thread.comments.length - 1;
    const words = `${first?.name ?? ""}: ${first?.text ?? ""}${more > 0 ? ` (+${more})` : ""}`;
    const gutter = {
      range: new monaco.Range(line, 1, line, 1),
      options: {
        linesDecorationsClassName: `comment-mark${isOpen ? " comment-mark--open" : ""}`,
        linesDecorationsTooltip: words,
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

  #showThread({ id }: Thread, place: Place): void {
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
    let range: Monaco.Range = selection;
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

  async #submit(text: string): Promise<string | undefined> {
    const { actions } = this.#ide;
    const anchor = await this.#anchors.make(() => {
      const { model } = this.#editor.text;
      const [range] = this.#draft.getRanges();
      if (range === undefined) return { from: 0, to: 0 };
      return {
        from: this.#editor.text.toFile(model.getOffsetAt(range.getStartPosition())),
        to: this.#editor.text.toFile(model.getOffsetAt(range.getEndPosition())),
      };
    });
    if (anchor === undefined) return "There is no connection. Try again when it is back.";
    const { id, failure } = await actions.metadata.openThread(this.#path, anchor, text);
    if (failure === undefined) actions.comments.show(id);
    return failure;
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
    const { comments } = this.#ide.actions;
    const places = this.#anchors.places();
    const here = this.#threads.filter(({ id, isResolved }) => {
      const place = places.get(id);
      return !isResolved && place !== undefined && this.#rangeOf(place).startLineNumber === line;
    });
    const open = here.findIndex(({ id }) => id === this.#ide.store.getState().comments.thread);
    const next = here[open + 1];
    if (next === undefined) comments.close();
    else comments.show(next.id);
  }

  #rangeOf({ from, to }: Place): Monaco.Range {
    const { model } = this.#editor.text;
    return this.#editor.monaco.Range.fromPositions(
      model.getPositionAt(this.#editor.text.toModel(from)),
      model.getPositionAt(this.#editor.text.toModel(to)),
    );
  }

  #anchorAnew(
    state: IdeState,
    shown: readonly { readonly thread: Thread; readonly place: Place }[],
  ): void {
    if (!canEdit(state.control)) return;
    for (const { thread, place } of shown) {
      const behind = place.anchor.version - thread.anchor.version;
      if (behind <= FAR_BEHIND || place.isRemoved || this.#anchored.has(thread.id)) continue;
      this.#anchored.add(thread.id);
      this.#ide.actions.metadata.anchorThread(thread.id, place.anchor);
    }
  }
}
