import type { Tell, TerminalId } from "./bridge.ts";
import type { TerminalSize } from "./terminal.ts";

/** What the panes of terminals need. `id` is the channel's name (`run` has one terminal only). */
export interface TerminalCalls {
  /**
   * Receives the terminal's bytes: first the screen as it is, then what follows. The consumer calls
   * `drawn` when a piece is on the screen, which is what lets more of it come. `size` is the
   * terminal's from before this piece on; it is missing while it stays as it was.
   */
  onOutput(id: string, listener: OutputListener): () => void;
  input(id: string, text: string): void;
  /** There is room for a terminal of this size here. Whose size it has is for the container to say. */
  resize(id: string, cols: number, rows: number): void;
  /** Clears screen and scrollback for all (`shell`), or resets the terminal's modes. */
  clear(id: string): void;
  sane(id: string): void;
}

type OutputListener = (
  bytes: Uint8Array,
  drawn: () => void,
  size: TerminalSize | undefined,
) => void;

/** Who looks at which terminal on the main thread. */
export class Terminals {
  readonly #tell: (tell: Tell) => void;
  readonly #listeners = new Map<string, Set<OutputListener>>();

  constructor(tell: (tell: Tell) => void) {
    this.#tell = tell;
  }

  calls(slice: TerminalId["slice"]): TerminalCalls {
    const at = (id: string): TerminalId => ({ slice, name: slice === "run" ? "" : id });
    return {
      onOutput: (id, listener) => this.#listen(at(id), listener),
      input: (id, text) => this.#tell({ kind: "terminal-input", terminal: at(id), text }),
      resize: (id, cols, rows) =>
        this.#tell({ kind: "terminal-resize", terminal: at(id), cols, rows }),
      clear: (id) => this.#tell({ kind: "terminal-clear", terminal: at(id) }),
      sane: (id) => this.#tell({ kind: "terminal-sane", terminal: at(id) }),
    };
  }

  /** Output for everybody who looks; it counts as drawn when all of them have drawn it. */
  show(terminal: TerminalId, bytes: Uint8Array, size?: TerminalSize): void {
    const listeners = [...(this.#listeners.get(keyOf(terminal)) ?? [])];
    const tell = (): void => this.#tell({ kind: "terminal-drawn", terminal });
    if (listeners.length === 0) tell();
    const undrawn = new Set(listeners);
    for (const listener of listeners) {
      const drawn = (): void => {
        if (undrawn.delete(listener) && undrawn.size === 0) tell();
      };
      listener(bytes, drawn, size);
    }
  }

  #listen(terminal: TerminalId, listener: OutputListener): () => void {
    const key = keyOf(terminal);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener));
    this.#tell({ kind: "terminal-watch", terminal, watched: true });
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return;
      this.#tell({ kind: "terminal-watch", terminal, watched: false });
    };
  }
}

function keyOf({ slice, name }: TerminalId): string {
  return `${slice}:${name}`;
}
