import type { Cell } from "#common/lib/cell.ts";
import type { Client } from "#protocol/client.ts";

/** What the status bar tells of one editor. */
export interface EditorStatus {
  readonly line: number;
  readonly column: number;
  readonly selectedChars: number;
  readonly carets: number;
  readonly language: string;
  readonly eol: "LF" | "CRLF";
  readonly indentation: string;
}

export interface EditorsState {
  /** By pane. */
  readonly statuses: Readonly<Record<string, EditorStatus>>;
  /** Whether Tab moves the focus instead of indenting. */
  readonly tabLeaves: boolean;
}

export const initialEditors: EditorsState = { statuses: {}, tabLeaves: false };

/** What can be asked of an editor that is on the screen. Lines and columns count from 1. */
export interface EditorHandle {
  focus(): void;
  reveal(line: number, column: number): void;
  /** Runs one of the editor's own commands, by its id. */
  run(command: string): void;
  /** Types `text` at the carets, as a key row does. */
  type(text: string): void;
  text(): string;
  selectedText(): string;
  /** Resolves when everything typed so far is on disk. */
  flush(): Promise<void>;
}

export interface EditorsActions {
  /** Makes an editor known under its pane's name until the returned function is called. */
  register(pane: string, handle: EditorHandle): () => void;
  handle(pane: string | undefined): EditorHandle | undefined;
  /** Goes to a place in the pane's text, now or as soon as its editor is there. */
  reveal(pane: string, line: number, column: number): void;
  /** Gives the keyboard to the pane's editor, now or as soon as it is there. */
  focus(pane: string): void;
  /** Writes a file again that was deleted under its editor; the error's sentence when that fails. */
  saveAgain(pane: string, path: string): Promise<string | undefined>;
  /** Resolves when everything typed anywhere is on disk. */
  flushAll(): Promise<void>;
  setStatus(pane: string, status: EditorStatus): void;
  setTabLeaves(tabLeaves: boolean): void;
}

export function createEditorsActions({ files }: Client, cell: Cell<EditorsState>): EditorsActions {
  // Editors are things of the page, not state.
  const handles = new Map<string, EditorHandle>();
  const wishes = new Map<string, (handle: EditorHandle) => void>();

  function wish(pane: string, what: (handle: EditorHandle) => void): void {
    const handle = handles.get(pane);
    if (handle === undefined) wishes.set(pane, what);
    else what(handle);
  }
  return {
    register(pane, handle) {
      handles.set(pane, handle);
      wishes.get(pane)?.(handle);
      wishes.delete(pane);
      return () => {
        handles.delete(pane);
        cell.update((state) => {
          const { [pane]: _gone, ...statuses } = state.statuses;
          return { ...state, statuses };
        });
      };
    },
    handle: (pane) => (pane === undefined ? undefined : handles.get(pane)),
    reveal: (pane, line, column) =>
      wish(pane, (handle) => {
        handle.reveal(line, column);
        handle.focus();
      }),
    focus: (pane) => wish(pane, (handle) => handle.focus()),
    async saveAgain(pane, path) {
      const text = handles.get(pane)?.text();
      if (text === undefined) return "The text is not there any more.";
      const result = await files.write(path, new TextEncoder().encode(text));
      return result.ok ? undefined : result.error.message;
    },
    async flushAll() {
      await Promise.all([...handles.values()].map((handle) => handle.flush()));
    },
    setStatus: (pane, status) =>
      cell.update((state) => ({ ...state, statuses: { ...state.statuses, [pane]: status } })),
    setTabLeaves: (tabLeaves) => cell.update((state) => ({ ...state, tabLeaves })),
  };
}
