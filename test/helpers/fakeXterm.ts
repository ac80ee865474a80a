// Stands for the chunk of the terminal emulator, which cannot measure letters without a browser:
// `vi.mock("…/ui/terminal/xterm.ts", () => import("#test/helpers/fakeXterm.ts"))`.

const mounted: Terminal[] = [];

/** The terminal that was shown last. */
export function lastTerminal(): Terminal | undefined {
  return mounted.at(-1);
}

/** Keeps what is written, and sends what a test types. */
export class Terminal {
  readonly options: { disableStdin?: boolean; fontSize?: number };
  readonly modes = { bracketedPasteMode: false };
  readonly unicode = { register() {}, activeVersion: "" };
  readonly buffer = { active: { cursorY: 0, getLine: () => undefined } };
  cols = 80;
  rows = 24;
  /** Everything that was ever written to it. */
  text = "";
  focused = false;
  #send: (text: string) => void = () => {};

  constructor(options: Terminal["options"]) {
    this.options = { ...options };
  }

  open(): void {
    mounted.push(this);
  }

  write(bytes: Uint8Array, done: () => void): void {
    this.text += new TextDecoder().decode(bytes);
    done();
  }

  /** What a person types; nothing goes out of a terminal that takes no input. */
  type(text: string): void {
    if (this.options.disableStdin !== true) this.#send(text);
  }

  paste(text: string): void {
    this.type(text);
  }

  resize(cols: number, rows: number): void {
    this.cols = cols;
    this.rows = rows;
  }

  onData(listener: (text: string) => void): void {
    this.#send = listener;
  }

  focus(): void {
    this.focused = true;
  }

  hasSelection(): boolean {
    return false;
  }

  registerLinkProvider(): { dispose(): void } {
    return { dispose() {} };
  }

  onBinary(): void {}
  onCursorMove(): void {}
  onRender(): void {}
  loadAddon(): void {}
  attachCustomKeyEventHandler(): void {}
  dispose(): void {}
}

/** There is always room for 80 columns and 24 rows. */
export class FitAddon {
  proposeDimensions(): { readonly cols: number; readonly rows: number } {
    return { cols: 80, rows: 24 };
  }
}

export class SearchAddon {}
export class WebLinksAddon {}
export class WebglAddon {}
