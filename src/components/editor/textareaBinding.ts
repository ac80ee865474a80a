import { Emitter } from "#common/lib/emitter.ts";
import { HeldPart } from "#protocol/document/heldPart.ts";
import type { OpenDocument, TextChange } from "#protocol/document.ts";
import { canEdit } from "#store/control.ts";
import type { Ide } from "#store/store.ts";
import type { EditorHandle, TextSpan } from "#store/ui/editors.ts";
import { carrySelection } from "./ownCarets.ts";
import { changeBetween, lineAndColumn, moveOffset, offsetOf } from "./plainText.ts";
import { lineHeightPx, PADDING_PX } from "./textMetrics.ts";

/** Who wrote a line: the class of their colour, and a letter where it is wanted. */
export interface LineAuthor {
  readonly look: string;
  readonly letter: string;
}

/** A sign beside a line, which counts from 1. */
interface LineMark {
  readonly line: number;
  readonly label: string;
  readonly isOpen: boolean;
  readonly press: () => void;
}

/**
 * An open text in a plain field: what a phone edits best, with its own selection, keyboard and
 * dictation. The field shows LF only; line ends of the file are kept by mapping positions.
 */
export class TextareaBinding implements EditorHandle {
  /** What holds the field, and may hold more. */
  readonly element: HTMLElement;
  readonly #field: HTMLTextAreaElement;
  readonly #gutter: HTMLElement;
  readonly #numbers: HTMLElement;
  readonly #marks: HTMLElement;
  readonly #document: OpenDocument;
  readonly #ide: Ide;
  readonly #pane: string;
  readonly #ends: (() => void)[];
  readonly #textChanges = new Emitter<undefined>();
  readonly #linePresses = new Emitter<number | undefined>();
  #shown: string;
  /** The text of the file that this is. */
  #file = "";
  /** What stands in the field while a character is composed there, and what others make of it. */
  #held: { readonly text: string; readonly part: HeldPart } | undefined;

  /** Takes over the document: `dispose` closes it. */
  constructor(element: HTMLElement, document: OpenDocument, ide: Ide, pane: string) {
    this.#document = document;
    this.#ide = ide;
    this.#pane = pane;
    this.#shown = document.text();
    this.element = element;
    const part = (name: string): HTMLElement => {
      const made = element.ownerDocument.createElement("div");
      made.className = `plain-editor__${name}`;
      return made;
    };
    this.#gutter = part("gutter");
    this.#numbers = part("numbers");
    this.#numbers.ariaHidden = "true";
    this.#marks = part("marks");
    this.#gutter.append(this.#numbers, this.#marks);
    this.#field = element.ownerDocument.createElement("textarea");
    this.#field.className = "plain-editor__field";
    this.#field.ariaLabel = document.path;
    this.#field.spellcheck = false;
    this.#field.autocapitalize = "off";
    this.#field.setAttribute("autocorrect", "off");
    this.#field.wrap = "off";
    element.classList.add("plain-editor");
    element.append(this.#gutter, this.#field);
    this.#show(this.#shown);
    this.#applySettings();

    const listen = <K extends keyof HTMLElementEventMap>(
      type: K,
      listener: (event: HTMLElementEventMap[K]) => void,
    ): (() => void) => {
      this.#field.addEventListener(type, listener);
      return () => this.#field.removeEventListener(type, listener);
    };
    const selection = (): void => {
      if (element.ownerDocument.activeElement === this.#field) this.#tellSelection();
    };
    element.ownerDocument.addEventListener("selectionchange", selection);
    this.#ends = [
      listen("input", () => this.#takeInput()),
      listen("compositionstart", () => {
        const text = document.text();
        this.#held ??= { text, part: new HeldPart(0, text) };
      }),
      listen("compositionend", () => this.#endComposition()),
      listen("pointerdown", () => this.#linePresses.emit(undefined)),
      listen("scroll", () => {
        this.#numbers.scrollTop = this.#field.scrollTop;
        this.#marks.style.translate = `0 ${-this.#field.scrollTop}px`;
      }),
      () => element.ownerDocument.removeEventListener("selectionchange", selection),
      document.onRemoteChanges((changes) => this.#takeOthers(changes)),
      ide.store.subscribe((next, previous) => {
        if (next.settings !== previous.settings || next.control !== previous.control) {
          this.#applySettings();
        }
      }),
      ide.actions.editors.register(pane, this),
    ];
    this.#gutter.addEventListener("click", ({ target, clientY }) => {
      // A comment's button has its own say.
      if (target instanceof HTMLElement && target.closest("button") !== null) return;
      const { top } = this.#field.getBoundingClientRect();
      const y = clientY - top - PADDING_PX + this.#field.scrollTop;
      const line = 1 + Math.floor(y / lineHeightPx(this.#fontPx()));
      this.#linePresses.emit(line >= 1 && line <= this.lineCount() ? line : undefined);
    });
    this.#tellSelection();
  }

  focus(): void {
    this.#field.focus();
  }

  reveal(line: number, column: number): void {
    const offset = offsetOf(this.#field.value, line, column);
    this.#field.setSelectionRange(offset, offset);
    this.#field.scrollTop = Math.max(0, (line - 6) * lineHeightPx(this.#fontPx()));
    this.#tellSelection();
  }

  type(text: string): void {
    this.#field.focus();
    this.#field.setRangeText(text, this.#field.selectionStart, this.#field.selectionEnd, "end");
    this.#takeInput();
  }

  text(): string {
    return this.#document.text();
  }

  selection(): TextSpan {
    const { value, selectionStart, selectionEnd } = this.#field;
    const start = lineAndColumn(value, selectionStart);
    const end = lineAndColumn(value, selectionEnd);
    return { ...start, endLine: end.line, endColumn: end.column };
  }

  lineCount(): number {
    return this.#numbers.childElementCount;
  }

  /** Lines with their ends, in UTF-16 units of the file. */
  part(first: number, last: number): { readonly start: number; readonly end: number } {
    const [shown, text] = [this.#shown, this.#document.text()];
    const startOf = (line: number): number => moveOffset(text, offsetOf(shown, line, 1), "to-file");
    const end = last < this.lineCount() ? startOf(last + 1) : text.length;
    return { start: startOf(first), end };
  }

  /** Makes the text `text`, as a step that this person can take back. */
  replace(text: string): void {
    this.#document.replace(text);
  }

  /** Tells that the field shows another text. */
  onTextChange(listener: () => void): () => void {
    return this.#textChanges.on(listener);
  }

  /** Tells of a tap on the number of a line; undefined for one elsewhere. */
  onLinePress(listener: (line: number | undefined) => void): () => void {
    return this.#linePresses.on(listener);
  }

  /** Gives the number of each line the colour of its author; undefined takes all colours away. */
  showAuthors(authors: readonly (LineAuthor | undefined)[] | undefined): void {
    this.element.classList.toggle("plain-editor--blamed", authors !== undefined);
    for (const [index, number] of [...this.#numbers.children].entries()) {
      const author = authors?.[index];
      const look = author === undefined ? "" : `plain-editor__author ${author.look}`;
      if (number.className !== look) number.className = look;
      if (number instanceof HTMLElement) number.dataset["letter"] = author?.letter ?? "";
    }
  }

  /** The line, from 1, of an offset in the file's text. */
  lineOf(offset: number): number {
    return lineAndColumn(this.#document.text(), offset).line;
  }

  /** What is selected, as offsets in the file's text; at the caret the words of its line. */
  range(): { readonly from: number; readonly to: number } {
    const { value, selectionStart, selectionEnd } = this.#field;
    let [from, to] = [selectionStart, selectionEnd];
    if (from === to) {
      const { line } = lineAndColumn(value, from);
      const words = value.split("\n")[line - 1] ?? "";
      from = offsetOf(value, line, 1) + words.length - words.trimStart().length;
      to = from + words.trim().length;
    }
    const text = this.#document.text();
    return { from: moveOffset(text, from, "to-file"), to: moveOffset(text, to, "to-file") };
  }

  /** Puts a button beside each of these lines, and beside no other. */
  showMarks(marks: readonly LineMark[]): void {
    // A button that stays can be pressed while somebody types.
    while (this.#marks.childElementCount > marks.length) this.#marks.lastElementChild?.remove();
    for (const [index, { line, label, isOpen, press }] of marks.entries()) {
      let button = this.#marks.children[index] as HTMLButtonElement | undefined;
      if (button === undefined) {
        button = this.#marks.ownerDocument.createElement("button");
        button.type = "button";
        this.#marks.append(button);
      }
      button.className = `comment-mark${isOpen ? " comment-mark--open" : ""}`;
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-expanded", String(isOpen));
      button.style.setProperty("--line", String(line));
      button.onclick = press;
    }
  }

  selectedText(): string {
    const { value, selectionStart, selectionEnd } = this.#field;
    return value.slice(selectionStart, selectionEnd);
  }

  flush(): Promise<void> {
    return this.#document.flush();
  }

  dispose(): void {
    for (const end of this.#ends) end();
    this.#field.remove();
    this.#gutter.remove();
    this.#document.close();
  }

  #takeInput(): void {
    // Half a composed character is nobody else's business.
    if (this.#held !== undefined) return;
    const change = changeBetween(this.#shown, this.#field.value);
    if (change === undefined) return;
    this.#shown = this.#field.value;
    this.#document.edit([toFile(this.#document.text(), change)]);
    this.#file = this.#document.text();
    this.#drawNumbers();
    this.#tellSelection();
    this.#ide.actions.presence.pauseFollowing(this.#pane);
  }

  /** Gives the document what was composed, and the field what others have done meanwhile. */
  #endComposition(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    const { text, part } = held;
    const change = changeBetween(this.#shown, this.#field.value);
    const own = change === undefined ? [] : [toFile(text, change)];
    const document = part.takeLocal(own, this.#document.text());
    const shown = own.reduce(replaced, text);
    const move = (offset: number): number => {
      const inDocument = part.toDocument(moveOffset(shown, offset, "to-file"));
      return moveOffset(this.#document.text(), inDocument, "to-shown");
    };
    this.#document.edit(document);
    const { selectionStart, selectionEnd } = this.#field;
    this.#showDocument();
    this.#field.setSelectionRange(move(selectionStart), move(selectionEnd));
    this.#tellSelection();
    this.#ide.actions.presence.pauseFollowing(this.#pane);
  }

  #takeOthers(changes: readonly TextChange[]): void {
    if (this.#held !== undefined) {
      this.#held.part.takeRemote(changes, this.#held.text);
      return;
    }
    const { selectionStart, selectionEnd, selectionDirection } = this.#field;
    const before = this.#file;
    const { anchor, head } = carrySelection(
      {
        anchor: moveOffset(before, selectionStart, "to-file"),
        head: moveOffset(before, selectionEnd, "to-file"),
      },
      changes,
    );
    this.#showDocument();
    this.#field.setSelectionRange(
      moveOffset(this.#file, anchor, "to-shown"),
      moveOffset(this.#file, head, "to-shown"),
      selectionDirection,
    );
  }

  #showDocument(): void {
    this.#show(this.#document.text());
  }

  #show(text: string): void {
    const { scrollTop } = this.#field;
    this.#file = text;
    this.#field.value = text.replaceAll("\r\n", "\n");
    // What the field makes of the text is what the next input is compared with.
    this.#shown = this.#field.value;
    this.#field.scrollTop = scrollTop;
    this.#drawNumbers();
  }

  #drawNumbers(): void {
    const lines = this.#shown.split("\n").length;
    this.#textChanges.emit(undefined);
    if (this.#numbers.childElementCount === lines) return;
    this.#numbers.replaceChildren(
      ...Array.from({ length: lines }, (_, index) => {
        const number = this.#numbers.ownerDocument.createElement("span");
        number.textContent = String(index + 1);
        return number;
      }),
    );
  }

  #applySettings(): void {
    const { settings, control } = this.#ide.store.getState();
    const fontPx = this.#fontPx();
    const { style } = this.#field.parentElement ?? this.#field;
    style.setProperty("--editor-font", `${fontPx}px`);
    style.setProperty("--editor-line", `${lineHeightPx(fontPx)}px`);
    this.#field.readOnly = !canEdit(control);
    this.#field.wrap = settings.wrap ? "soft" : "off";
  }

  #fontPx(): number {
    // Below 16 px, iOS zooms into a field that gets the keyboard.
    return Math.max(16, this.#ide.store.getState().settings.editorFontPx);
  }

  #tellSelection(): void {
    const { value, selectionStart, selectionEnd, selectionDirection } = this.#field;
    const text = this.#document.text();
    const start = moveOffset(text, selectionStart, "to-file");
    const end = moveOffset(text, selectionEnd, "to-file");
    const backward = selectionDirection === "backward";
    this.#document.setSelections([
      backward ? { anchor: end, head: start } : { anchor: start, head: end },
    ]);
    this.#ide.actions.editors.setStatus(this.#pane, {
      ...lineAndColumn(value, backward ? selectionStart : selectionEnd),
      selectedChars: selectionEnd - selectionStart,
      carets: 1,
      language: "plaintext",
      eol: text.includes("\r\n") ? "CRLF" : "LF",
      indentation: "",
    });
  }
}

/** A change of what is shown, as one of the file: with the file's own line ends. */
function toFile(text: string, { offset, deleteLength, insert }: TextChange): TextChange {
  const start = moveOffset(text, offset, "to-file");
  const end = moveOffset(text, offset + deleteLength, "to-file");
  return {
    offset: start,
    deleteLength: end - start,
    insert: text.includes("\r\n") ? insert.replaceAll("\n", "\r\n") : insert,
  };
}

function replaced(text: string, { offset, deleteLength, insert }: TextChange): string {
  return text.slice(0, offset) + insert + text.slice(offset + deleteLength);
}
