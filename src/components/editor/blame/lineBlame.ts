import type { BlameSpan } from "#common/ot/blame.ts";
import { apply, isEmpty } from "#common/ot/op.ts";
import { pieceOf, revert } from "#common/ot/revert.ts";
import { canEdit } from "#store/control.ts";
import { FileHistory } from "#store/ot/fileHistory.ts";
import type { Ide } from "#store/store.ts";
import { authorOf } from "#store/ui/authors.ts";
import { momentOf } from "../history/times.ts";
import type { BlameCardActions, BlameCardContent } from "./blameCard.ts";
import { BlameText, type BlamedText } from "./blameText.ts";

/** Typing is not followed letter by letter. */
const REDRAW_MS = 150;

/** The first version is the file as it was found: nobody here has written it. */
const FOUND = 1;

/** An editor, as far as blame has to know it. Lines count from 1. */
export interface LinesOfText {
  /** The text of the file. */
  text(): string;
  lineCount(): number;
  /** Lines with their ends, in UTF-16 units of the file. */
  part(first: number, last: number): { readonly start: number; readonly end: number };
  /** Makes the text `text`, as a step that this person can take back. */
  replace(text: string): void;
}

/** Who wrote which line of an open text, for an editor of any kind to draw. */
export class LineBlame implements BlameCardActions {
  readonly #ide: Ide;
  readonly #editor: LinesOfText;
  readonly #path: string;
  readonly #draw: () => void;
  readonly #history: FileHistory;
  readonly #text: BlameText;
  readonly #endStore: () => void;
  #looked: BlamedText | undefined;
  /** Whether the editor still shows the text that was looked at. */
  #isFresh = false;
  /** The versions of lines that were needed since. */
  readonly #lines = new Map<number, number>();
  #redraw: (() => void) | undefined;

  /** Calls `draw` when there is something else to draw. */
  constructor(ide: Ide, path: string, editor: LinesOfText, draw: () => void) {
    this.#ide = ide;
    this.#editor = editor;
    this.#path = path;
    this.#draw = draw;
    this.#history = FileHistory.acquire(ide.client, ide.clock, path);
    this.#text = new BlameText(this.#history, ide.clock, () => this.#drawSoon());
    this.#endStore = ide.store.subscribe((next, previous) => {
      const isOther =
        next.settings.blame !== previous.settings.blame ||
        next.presence !== previous.presence ||
        next.metadata !== previous.metadata;
      if (isOther) this.#drawSoon();
    });
  }

  dispose(): void {
    this.#endStore();
    this.#redraw?.();
    this.#text.dispose();
    this.#history.release();
  }

  /** Until there is something to draw again, what is known is of another text. */
  get isFresh(): boolean {
    return this.#isFresh;
  }

  /** The editor has changed. Until it is drawn again, what is there moves along with the text. */
  handleChange(): void {
    this.#isFresh = false;
    this.#drawSoon();
  }

  /** The version that has written a line, unless the line was found with the file. */
  versionOf(line: number): number | undefined {
    if (this.#isFresh && line >= 1 && !this.#lines.has(line)) this.learn(line, line);
    const version = this.#isFresh ? this.#lines.get(line) : undefined;
    return version === undefined || version <= FOUND ? undefined : version;
  }

  /** Finds out about some lines at once, as far as that was not done before. */
  learn(first: number, last: number): void {
    let [from, to] = [first, last];
    while (from <= to && this.#lines.has(from)) from += 1;
    while (to >= from && this.#lines.has(to)) to -= 1;
    if (from > to || to > this.#editor.lineCount()) return;
    const { start, end } = this.#editor.part(from, to);
    const versions = this.#looked?.lines(start, end) ?? [];
    for (let line = from; line <= to; line++) this.#lines.set(line, versions[line - from] ?? 0);
  }

  /** Stretches of one author each, without what was found with the file. */
  spans(first: number, last: number): readonly BlameSpan[] {
    const { start, end } = this.#editor.part(first, last);
    return (this.#looked?.spans(start, end) ?? []).filter(({ version }) => version !== FOUND);
  }

  /** The account that has written a line; undefined as `versionOf`. */
  authorOf(line: number): number | undefined {
    const version = this.versionOf(line);
    return version === undefined ? undefined : this.#looked?.versions.authorAt(version);
  }

  /** Gives what it is put on the colour of whoever made a version. */
  personClass(version: number): string {
    const author = this.#looked?.versions.authorAt(version) ?? 0;
    return `caret-color-${authorOf(this.#ide.store.getState(), author).color ?? "none"}`;
  }

  /** Who wrote a line, and when, as a card tells it; undefined as `versionOf`. */
  about(line: number): BlameCardContent | undefined {
    const version = this.versionOf(line);
    const { versions } = this.#looked ?? {};
    if (version === undefined || versions === undefined) return undefined;
    const state = this.#ide.store.getState();
    const author = versions.authorAt(version);
    const { name, color } = authorOf(state, author);
    const when = momentOf(versions.timeAt(version), this.#ide.clock.now());
    const isMe = author === state.control.self?.userId;
    return { version, name, color, when, isMe, canUndo: canEdit(state.control) };
  }

  showInHistory(version: number): void {
    this.#ide.actions.history.open(this.#path, version);
  }

  /** Takes back what somebody has written in one go, wherever others have typed since. */
  undoChange(version: number): void {
    const { versions, blame } = this.#looked ?? {};
    const { notifications } = this.#ide.actions;
    const before = this.#editor.text();
    // The change is reckoned on the text that the container has.
    const isKnown = versions !== undefined && versions.textAt(versions.count) === before;
    if (blame === undefined || !isKnown) {
      return notifications.notify({ text: "Something is being typed just now. Please try again." });
    }
    const op = revert(versions, pieceOf(blame, versions, version));
    const text = apply(before, op);
    if (isEmpty(op)) return notifications.notify({ text: "Nothing is left of that change." });
    this.#editor.replace(text);
  }

  #drawSoon(): void {
    this.#redraw ??= this.#ide.clock.after(REDRAW_MS, () => {
      this.#redraw = undefined;
      const looked = this.#text.look(this.#editor.text());
      // What was typed is not the container's yet: its packet brings us here again.
      if (looked === undefined) return;
      this.#looked = looked;
      this.#isFresh = true;
      this.#lines.clear();
      this.#draw();
    });
  }
}
