import type * as Monaco from "../monaco.ts";

/** Until its content is measured. */
const FIRST_HEIGHT_PX = 120;

/** Room between two lines of an editor, as high as what is put into `element`. */
export class Zone {
  readonly element = document.createElement("div");
  readonly #editor: Monaco.editor.IStandaloneCodeEditor;
  readonly #overlay = document.createElement("div");
  readonly #observer: ResizeObserver;
  readonly #layout: { dispose(): void };
  readonly #widget: Monaco.editor.IOverlayWidget;
  readonly #space: { afterLineNumber: number; heightInPx: number } & Monaco.editor.IViewZone;
  #id = "";

  constructor(editor: Monaco.editor.IStandaloneCodeEditor, afterLine: number) {
    this.#editor = editor;
    this.#overlay.className = "comment-zone";
    this.#overlay.append(this.element);
    this.#widget = {
      getId: () => "tandem.comment",
      getDomNode: () => this.#overlay,
      getPosition: () => null,
    };
    this.#space = {
      afterLineNumber: afterLine,
      heightInPx: FIRST_HEIGHT_PX,
      domNode: document.createElement("div"),
      onDomNodeTop: (top) => {
        this.#overlay.style.top = `${top}px`;
      },
    };
    editor.changeViewZones((zones) => {
      this.#id = zones.addZone(this.#space);
    });
    editor.addOverlayWidget(this.#widget);
    this.#fit();
    this.#layout = editor.onDidLayoutChange(() => this.#fit());
    this.#observer = new ResizeObserver(() => this.#grow());
    this.#observer.observe(this.element);
  }

  moveTo(afterLine: number): void {
    if (this.#space.afterLineNumber === afterLine) return;
    this.#space.afterLineNumber = afterLine;
    this.#editor.changeViewZones((zones) => zones.layoutZone(this.#id));
  }

  dispose(): void {
    this.#observer.disconnect();
    this.#layout.dispose();
    this.#editor.removeOverlayWidget(this.#widget);
    this.#editor.changeViewZones((zones) => zones.removeZone(this.#id));
  }

  #fit(): void {
    const { contentLeft, contentWidth, verticalScrollbarWidth } = this.#editor.getLayoutInfo();
    this.#overlay.style.left = `${contentLeft}px`;
    this.#overlay.style.width = `${contentWidth - verticalScrollbarWidth}px`;
  }

  #grow(): void {
    const height = Math.ceil(this.element.getBoundingClientRect().height);
    if (height === 0 || height === this.#space.heightInPx) return;
    this.#space.heightInPx = height;
    this.#editor.changeViewZones((zones) => zones.layoutZone(this.#id));
  }
}
