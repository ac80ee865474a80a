import type * as Monaco from "./monaco.ts";
import { hintsOf, type CaretLine, type Hint } from "./outOfSight.ts";

/** More names than these are a number. */
const MAX_HINTS = 3;

/** Tells at the edges of an editor who is out of sight, and goes there by a click. */
export class CaretHints {
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #edges: { readonly above: Edge; readonly below: Edge };
  readonly #scrolling: { dispose(): void };
  #carets: readonly CaretLine[] = [];

  constructor(editor: Monaco.editor.IStandaloneCodeEditor) {
    this.#editor = editor;
    this.#edges = { above: new Edge(editor, "above"), below: new Edge(editor, "below") };
    this.#scrolling = editor.onDidScrollChange(() => this.#draw());
  }

  show(carets: readonly CaretLine[]): void {
    this.#carets = carets;
    this.#draw();
  }

  dispose(): void {
    this.#scrolling.dispose();
    this.#edges.above.dispose();
    this.#edges.below.dispose();
  }

  #draw(): void {
    const ranges = this.#editor.getVisibleRanges();
    const first = ranges[0]?.startLineNumber;
    const last = ranges.at(-1)?.endLineNumber;
    if (first === undefined || last === undefined) return;
    const { above, below } = hintsOf(this.#carets, first, last);
    this.#edges.above.show(above);
    this.#edges.below.show(below);
  }
}

class Edge {
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #name: "above" | "below";
  readonly #node = document.createElement("div");
  #shown = "";

  constructor(editor: Monaco.editor.IStandaloneCodeEditor, name: "above" | "below") {
    this.#editor = editor;
    this.#name = name;
    this.#node.className = `caret-hints caret-hints--${name}`;
    editor.getContainerDomNode().append(this.#node);
  }

  show(hints: readonly Hint[]): void {
    const key = JSON.stringify(hints);
    if (key === this.#shown) return;
    this.#shown = key;
    const rest = hints.length - MAX_HINTS;
    this.#node.replaceChildren(
      ...hints.slice(0, MAX_HINTS).map((hint) => this.#button(hint)),
      ...(rest > 0 ? [`+${rest}`] : []),
    );
  }

  dispose(): void {
    this.#node.remove();
  }

  #button({ name, color, line }: Hint): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `caret-hint caret-color-${color}`;
    button.textContent = `${name} ${this.#name === "above" ? "↑" : "↓"} ${line}`;
    button.ariaLabel = `${name} is ${this.#name}, in line ${line}. Go there`;
    // Not by `click`: while they move, the button under the pointer is a new one every time.
    button.addEventListener("pointerdown", () => this.#go(line));
    button.addEventListener("click", () => this.#go(line));
    return button;
  }

  #go(line: number): void {
    this.#editor.revealLineInCenter(line);
    this.#editor.focus();
  }
}
