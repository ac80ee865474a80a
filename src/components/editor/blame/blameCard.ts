import { initials } from "#store/presence.ts";
import type * as Monaco from "../monaco.ts";

/** Long enough to get from the bar to the card. */
const LEAVE_MS = 250;

export interface BlameCardContent {
  readonly line: number;
  readonly version: number;
  readonly name: string;
  /** A place in the people's palette; undefined for a program. */
  readonly color: number | undefined;
  readonly when: string;
  /** Whether this person may change the text. */
  readonly canUndo: boolean;
}

/** What can be done about the change that made `version`. */
export interface BlameCardActions {
  readonly showInHistory: (version: number) => void;
  readonly undoChange: (version: number) => void;
}

/** Who wrote a line, beside the pointer at its gutter, and the way to that moment. */
export class BlameCard {
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #node = document.createElement("div");
  readonly #undo: HTMLButtonElement;
  readonly #disc = document.createElement("span");
  readonly #name = document.createElement("strong");
  readonly #when = document.createElement("span");
  #version = 0;
  #leaving: number | undefined;

  constructor(editor: Monaco.editor.IStandaloneCodeEditor, actions: BlameCardActions) {
    this.#editor = editor;
    const history = this.#createButton("Show in history", actions.showInHistory);
    this.#undo = this.#createButton("Undo this change", actions.undoChange);
    const words = document.createElement("span");
    words.className = "blame-card__words";
    words.append(this.#name, this.#when);
    this.#node.className = "blame-card";
    this.#node.hidden = true;
    this.#node.append(this.#disc, words, history, this.#undo);
    this.#node.addEventListener("mouseenter", () => window.clearTimeout(this.#leaving));
    this.#node.addEventListener("mouseleave", () => this.leave());
    editor.getContainerDomNode().append(this.#node);
  }

  show({ line, version, name, color, when, canUndo }: BlameCardContent): void {
    window.clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#version = version;
    this.#disc.className = `blame-card__disc caret-color-${color ?? "none"}`;
    this.#disc.textContent = color === undefined ? "" : initials(name);
    this.#name.textContent = name;
    this.#when.textContent = when;
    this.#undo.hidden = !canUndo;
    const editor = this.#editor;
    const { contentLeft, height } = editor.getLayoutInfo();
    const top = editor.getTopForLineNumber(line) - editor.getScrollTop();
    const below = editor.getBottomForLineNumber(line) - editor.getScrollTop();
    this.#node.hidden = false;
    // The line itself stays readable.
    const hasRoom = below + this.#node.offsetHeight <= height;
    this.#node.style.left = `${contentLeft}px`;
    this.#node.style.top = `${hasRoom ? below : top - this.#node.offsetHeight}px`;
  }

  /** The pointer is elsewhere, perhaps on its way to the card. */
  leave(): void {
    if (this.#node.hidden || this.#leaving !== undefined) return;
    this.#leaving = window.setTimeout(() => this.#hide(), LEAVE_MS);
  }

  dispose(): void {
    this.#hide();
    this.#node.remove();
  }

  #createButton(label: string, act: (version: number) => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small button--quiet";
    button.textContent = label;
    button.addEventListener("click", () => {
      this.#hide();
      act(this.#version);
    });
    return button;
  }

  #hide(): void {
    window.clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#node.hidden = true;
  }
}
