import { initials } from "#store/presence.ts";

/** Long enough to get from the bar to the card. */
const LEAVE_MS = 250;

export interface BlameCardContent {
  readonly version: number;
  readonly name: string;
  /** A place in the people's palette; undefined for a program. */
  readonly color: number | undefined;
  readonly when: string;
  readonly isMe: boolean;
  /** Whether this person may change the text. */
  readonly canUndo: boolean;
}

/** What can be done about the change that made `version`. */
export interface BlameCardActions {
  readonly showInHistory: (version: number) => void;
  readonly undoChange: (version: number) => void;
}

/** Where a card goes in its editor, in pixels: below the line, or above where there is no room. */
export interface BlameCardPlace {
  readonly left: number;
  readonly lineTop: number;
  readonly lineBottom: number;
  readonly editorHeight: number;
}

/** Who wrote a line, and the way to that moment: at a place beside the line, or else below the text. */
export class BlameCard {
  readonly #onHide: () => void;
  readonly #node = document.createElement("div");
  readonly #undo: HTMLButtonElement;
  readonly #disc = document.createElement("span");
  readonly #name = document.createElement("strong");
  readonly #when = document.createElement("span");
  #version = 0;
  #leaving: number | undefined;

  constructor(editor: HTMLElement, actions: BlameCardActions, onHide: () => void = () => {}) {
    this.#onHide = onHide;
    const history = this.#createButton("Show in history", (version) => {
      actions.showInHistory(version);
    });
    this.#undo = this.#createButton("Undo this change", (version) => actions.undoChange(version));
    const words = document.createElement("span");
    words.className = "blame-card__words";
    words.append(this.#name, this.#when);
    this.#node.className = "blame-card";
    this.#node.hidden = true;
    this.#node.append(this.#disc, words, history, this.#undo);
    this.#node.addEventListener("mouseenter", () => window.clearTimeout(this.#leaving));
    this.#node.addEventListener("mouseleave", () => this.leave());
    editor.append(this.#node);
  }

  show({ version, name, color, when, canUndo }: BlameCardContent, place?: BlameCardPlace): void {
    window.clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#version = version;
    this.#disc.className = `blame-card__disc caret-color-${color ?? "none"}`;
    this.#disc.textContent = color === undefined ? "" : initials(name);
    this.#name.textContent = name;
    this.#when.textContent = when;
    this.#undo.hidden = !canUndo;
    this.#node.hidden = false;
    this.#node.classList.toggle("blame-card--below", place === undefined);
    if (place === undefined) return;
    const { left, lineTop, lineBottom, editorHeight } = place;
    // The line itself stays readable.
    const hasRoom = lineBottom + this.#node.offsetHeight <= editorHeight;
    this.#node.style.left = `${left}px`;
    this.#node.style.top = `${hasRoom ? lineBottom : lineTop - this.#node.offsetHeight}px`;
  }

  /** The pointer is elsewhere, perhaps on its way to the card. */
  leave(): void {
    if (this.#node.hidden || this.#leaving !== undefined) return;
    this.#leaving = window.setTimeout(() => this.hide(), LEAVE_MS);
  }

  dispose(): void {
    this.hide();
    this.#node.remove();
  }

  #createButton(label: string, act: (version: number) => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small button--quiet";
    button.textContent = label;
    button.addEventListener("click", () => {
      this.hide();
      act(this.#version);
    });
    return button;
  }

  hide(): void {
    window.clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#node.hidden = true;
    this.#onHide();
  }
}
