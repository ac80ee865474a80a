import type { ILink, ITheme, Terminal } from "@xterm/xterm";
import { unicodeWidths } from "#common/terminal/width.ts";
import { findFileLinks } from "./fileLinks.ts";
import { keyMeaning } from "./terminalKeys.ts";

interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** The terminal that is shown: where its bytes come from and where its keys go. */
export interface TerminalSource {
  /** See `TerminalCalls.onOutput`: `drawn` must be called once for each piece. */
  onOutput(
    listener: (bytes: Uint8Array, drawn: () => void, size: Size | undefined) => void,
  ): () => void;
  input(text: string): void;
  resize(cols: number, rows: number): void;
}

export interface TerminalLook {
  readonly fontSizePx: number;
  readonly fontFamily: string;
  readonly theme: ITheme;
  /** No keys go out; the cursor does not blink. */
  readonly readOnly: boolean;
  readonly screenReader: boolean;
}

export interface TerminalCallbacks {
  /** A `path:line:column` was clicked. */
  openFile(path: string, line: number | undefined, column: number | undefined): void;
  /** Pasting several lines into a program that would run each at once: go on? */
  confirmPaste(lines: number): Promise<boolean>;
  /** It has the size of somebody else's pane, or (undefined) of this one again. */
  showForeignSize(size: Size | undefined): void;
  /** Ctrl+Shift+F inside the terminal. */
  openSearch(): void;
  /** It is scrolled back by so many lines now. */
  scrolledBack(lines: number): void;
}

/** Lines kept above the screen: the same number as on the host, or a joiner would see less (SH3). */
const SCROLLBACK_LINES = 1000;

/** A terminal that has room for more than we do is drawn smaller, down to what can be read. */
const MIN_FONT_PX = 7;

/** The prompt glyph of run consoles lives in a private font of another product; ours is in all fonts. */
const PROMPT_GLYPH = [0xee, 0xba, 0xa7] as const;
const PROMPT_ARROW = [0xe2, 0x9d, 0xaf] as const;

/**
 * Mounts a terminal emulator into `element` and keeps it fitted to it. The emulator is loaded on the
 * first use; what arrives before is not lost, since nothing is acknowledged until it is drawn.
 */
export class XtermBinding {
  readonly #element: HTMLElement;
  readonly #source: TerminalSource;
  readonly #callbacks: TerminalCallbacks;
  #look: TerminalLook;
  #terminal: Terminal | undefined;
  #fit: (() => void) | undefined;
  /** The size that there is room for, and those we have told of and not heard of since. */
  #room: Size | undefined;
  #asked: Size[] = [];
  /** The size that somebody else's pane has given to the terminal. */
  #foreign: Size | undefined;
  /** What waits for the end of what is being drawn in another size. */
  readonly #waiting: { bytes: Uint8Array; drawn: () => void; size: Size | undefined }[] = [];
  #undrawn = 0;
  /** Lines between what is shown and the newest screen. */
  #back = 0;
  #search: { findNext(text: string): boolean; findPrevious(text: string): boolean } | undefined;
  #wantsFocus = false;
  #disposed = false;
  readonly #disposers: (() => void)[] = [];

  constructor(
    element: HTMLElement,
    source: TerminalSource,
    look: TerminalLook,
    callbacks: TerminalCallbacks,
  ) {
    this.#element = element;
    this.#source = source;
    this.#look = look;
    this.#callbacks = callbacks;
    void this.#mount(); // Its failure shows as an empty pane with the message of the chunk loader.
  }

  focus(): void {
    if (this.#terminal === undefined) this.#wantsFocus = true;
    else this.#terminal.focus();
  }

  setLook(look: TerminalLook): void {
    this.#look = look;
    const terminal = this.#terminal;
    if (terminal === undefined) return;
    terminal.options.fontFamily = look.fontFamily;
    terminal.options.theme = look.theme;
    terminal.options.disableStdin = look.readOnly;
    terminal.options.cursorBlink = !look.readOnly;
    terminal.options.screenReaderMode = look.screenReader;
    this.#fit?.();
  }

  /** Gives the terminal the size of this pane: to have typed is what counts, be it nothing (SH6). */
  takeSize(): void {
    this.#source.input("");
    this.focus();
  }

  /** Finds the next match, or the one before; false when there is none. */
  find(text: string, direction: "next" | "previous"): boolean {
    if (this.#search === undefined) return false;
    return direction === "next" ? this.#search.findNext(text) : this.#search.findPrevious(text);
  }

  /** Shows what is so many lines above the newest screen. */
  scrollBack(lines: number): void {
    const terminal = this.#terminal;
    if (terminal !== undefined) terminal.scrollToLine(terminal.buffer.active.baseY - lines);
  }

  selectAll(): void {
    this.#terminal?.selectAll();
  }

  /** Puts text in as if it had been pasted, asking first when it has several lines. */
  async paste(text: string): Promise<void> {
    const terminal = this.#terminal;
    if (terminal === undefined || this.#look.readOnly) return;
    const lines = text.replace(/\r?\n$/, "").split("\n").length;
    if (lines > 1 && !terminal.modes.bracketedPasteMode) {
      if (!(await this.#callbacks.confirmPaste(lines))) return;
    }
    terminal.paste(text);
  }

  dispose(): void {
    this.#disposed = true;
    for (const dispose of this.#disposers.splice(0).reverse()) dispose();
    this.#terminal?.dispose();
    this.#terminal = undefined;
  }

  async #mount(): Promise<void> {
    const xterm = await import("./xterm.ts");
    if (this.#disposed) return;
    const look = this.#look;
    const terminal = new xterm.Terminal({
      allowProposedApi: true,
      cursorBlink: !look.readOnly,
      disableStdin: look.readOnly,
      fontFamily: look.fontFamily,
      fontSize: look.fontSizePx,
      macOptionIsMeta: false,
      minimumContrastRatio: 4.5,
      rightClickSelectsWord: false,
      screenReaderMode: look.screenReader,
      scrollback: SCROLLBACK_LINES,
      theme: look.theme,
    });
    this.#terminal = terminal;
    const fit = new xterm.FitAddon();
    const search = new xterm.SearchAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(search);
    // The host counts columns by the same table: a joiner's lines would wrap elsewhere otherwise.
    terminal.unicode.register(unicodeWidths);
    terminal.unicode.activeVersion = unicodeWidths.version;
    terminal.loadAddon(new xterm.WebLinksAddon((_, uri) => window.open(uri, "_blank", "noopener")));
    terminal.open(this.#element);
    if (hasRealGpu()) {
      const webgl = new xterm.WebglAddon();
      webgl.onContextLoss(() => webgl.dispose());
      terminal.loadAddon(webgl);
    }
    this.#search = search;
    this.#linkFiles(terminal);
    this.#listenToKeys(terminal);
    // Told of output and of scrolling by whatever means; `onScroll` knows of output only.
    terminal.onRender(() => {
      const { baseY, viewportY } = terminal.buffer.active;
      if (baseY - viewportY === this.#back) return;
      this.#back = baseY - viewportY;
      this.#callbacks.scrolledBack(this.#back);
    });
    this.#keepFitted(terminal, fit);
    this.#disposers.push(
      this.#source.onOutput((bytes, drawn, size) => {
        this.#waiting.push({ bytes, drawn, size });
        this.#draw();
      }),
    );
    if (this.#wantsFocus) terminal.focus();
  }

  /** Hands on what may be drawn: bytes of one size only after all those of the size before. */
  #draw(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const { bytes, drawn, size } = next;
      if (size !== undefined && this.#undrawn > 0) return;
      this.#waiting.shift();
      if (size !== undefined) this.#handleSize(size);
      this.#undrawn += 1;
      this.#terminal?.write(withPromptArrow(bytes), () => {
        this.#undrawn -= 1;
        drawn();
        this.#draw();
      });
    }
  }

  #handleSize(size: Size): void {
    const isEqual = ({ cols, rows }: Size): boolean => cols === size.cols && rows === size.rows;
    // Our own sizes come back one by one, while the pane may be growing on.
    const answered = this.#foreign === undefined ? this.#asked.findIndex(isEqual) : -1;
    this.#asked.splice(0, answered + 1);
    const isOwn = answered >= 0 || (this.#room !== undefined && isEqual(this.#room));
    this.#foreign = isOwn ? undefined : size;
    this.#fit?.();
  }

  #listenToKeys(terminal: Terminal): void {
    terminal.onData((text) => this.#source.input(text));
    terminal.onBinary((text) => this.#source.input(text));
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.type !== "keydown") return true;
      switch (keyMeaning(event, terminal.hasSelection())) {
        case "program":
          return true;
        case "app":
          return false;
        case "copy":
          void copyText(terminal.getSelection());
          terminal.clearSelection();
          break;
        case "paste":
          // Without clipboard access the browser's own paste event does it.
          if (navigator.clipboard?.readText === undefined) return false;
          void navigator.clipboard.readText().then(
            (text) => this.paste(text),
            () => {},
          );
          break;
        case "search":
          this.#callbacks.openSearch();
          break;
      }
      event.preventDefault();
      return false;
    });
    const onPaste = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      void this.paste(event.clipboardData?.getData("text") ?? "");
    };
    this.#element.addEventListener("paste", onPaste, { capture: true });
    this.#disposers.push(() =>
      this.#element.removeEventListener("paste", onPaste, { capture: true }),
    );
  }

  #keepFitted(terminal: Terminal, fit: { proposeDimensions(): Size | undefined }): void {
    this.#fit = () => {
      // A hidden pane measures nothing; fitting it would tell the program a size of one column.
      if (this.#element.offsetWidth === 0 || this.#element.offsetHeight === 0) return;
      const { fontSizePx } = this.#look;
      terminal.options.fontSize = fontSizePx;
      const room = fit.proposeDimensions();
      if (room === undefined || !(room.cols > 0 && room.rows > 0)) return;
      if (room.cols !== this.#room?.cols || room.rows !== this.#room.rows) {
        this.#room = room;
        this.#asked.push(room);
        this.#source.resize(room.cols, room.rows);
      }
      // A picture for another grid would be a wrong one in ours: it is shown as it is, and whole.
      const { cols, rows } = this.#foreign ?? room;
      const scale = Math.min(1, room.cols / cols, room.rows / rows);
      terminal.options.fontSize = Math.max(MIN_FONT_PX, Math.floor(fontSizePx * scale));
      terminal.resize(cols, rows);
      this.#element.toggleAttribute("data-foreign", this.#foreign !== undefined);
      this.#callbacks.showForeignSize(this.#foreign);
      this.#showCursor(terminal);
    };
    terminal.onCursorMove(() => this.#showCursor(terminal));
    const observer = new ResizeObserver(() => this.#fit?.());
    observer.observe(this.#element);
    this.#disposers.push(() => observer.disconnect());
    this.#fit();
  }

  /** Of a grid that is too large even when drawn small, what happens can be seen. */
  #showCursor(terminal: Terminal): void {
    const pane = this.#element;
    if (this.#foreign === undefined || pane.scrollHeight <= pane.clientHeight) return;
    const end = ((terminal.buffer.active.cursorY + 1) / terminal.rows) * pane.scrollHeight;
    const start = end - pane.scrollHeight / terminal.rows;
    if (end > pane.scrollTop + pane.clientHeight) pane.scrollTop = end - pane.clientHeight;
    else if (start < pane.scrollTop) pane.scrollTop = start;
  }

  #linkFiles(terminal: Terminal): void {
    const provider = terminal.registerLinkProvider({
      provideLinks: (row, callback) => {
        const text = terminal.buffer.active.getLine(row - 1)?.translateToString(true) ?? "";
        const links = findFileLinks(text).map(({ start, end, path, line, column }): ILink => ({
          range: { start: { x: start + 1, y: row }, end: { x: end, y: row } },
          text: text.slice(start, end),
          activate: () => this.#callbacks.openFile(path, line, column),
        }));
        callback(links.length > 0 ? links : undefined);
      },
    });
    this.#disposers.push(() => provider.dispose());
  }
}

/** Software WebGL paints slower than the DOM does. */
function hasRealGpu(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  const info = context?.getExtension("WEBGL_debug_renderer_info");
  if (context === null || info === null || info === undefined) return false;
  const renderer = String(context.getParameter(info.UNMASKED_RENDERER_WEBGL));
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}

function withPromptArrow(bytes: Uint8Array): Uint8Array {
  for (
    let at = bytes.indexOf(PROMPT_GLYPH[0]);
    at >= 0;
    at = bytes.indexOf(PROMPT_GLYPH[0], at + 1)
  ) {
    if (bytes[at + 1] === PROMPT_GLYPH[1] && bytes[at + 2] === PROMPT_GLYPH[2]) {
      bytes.set(PROMPT_ARROW, at);
    }
  }
  return bytes;
}

async function copyText(text: string): Promise<void> {
  if (navigator.clipboard?.writeText !== undefined) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on a LAN has no clipboard API; the old command still works in a key's handler.
  document.execCommand("copy");
}
