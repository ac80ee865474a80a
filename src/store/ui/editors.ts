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

/** What can be asked of any pane that takes the keyboard. */
export interface PaneHandle {
  focus(): void;
}

/** A stretch of a text, by lines and columns that count from 1. */
export interface TextSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** What can be asked of an editor that is on the screen. Lines and columns count from 1. */
export interface EditorHandle extends PaneHandle {
  reveal(line: number, column: number): void;
  /** Runs one of the editor's own commands, by its id. A plain field has none. */
  run?(command: string): void;
  /** Types `text` at the carets, as a key row does. */
  type(text: string): void;
  text(): string;
  selectedText(): string;
  /** What is selected; empty at the caret. */
  selection(): TextSpan;
  /** Resolves when everything typed so far is on disk. */
  flush(): Promise<void>;
}

export interface EditorsActions {
  /** Makes an editor known under its pane's name until the returned function is called. */
  register(pane: string, handle: EditorHandle): () => void;
  /** The same for what is not an editor, such as a terminal. */
  registerPane(pane: string, handle: PaneHandle): () => void;
  handle(pane: string | undefined): EditorHandle | undefined;
  /** Goes to a place in the pane's text, now or as soon as its editor is there. */
  reveal(pane: string, line: number, column: number): void;
  /** Gives the keyboard to what the pane shows, now or as soon as it is there. */
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
  const panes = new Map<string, PaneHandle>();
  const reveals = new Map<string, (handle: EditorHandle) => void>();
  let focusWish: string | undefined;

  function registerPane(pane: string, handle: PaneHandle): () => void {
    panes.set(pane, handle);
    if (focusWish === pane) focus(pane);
    return () => {
      if (panes.get(pane) === handle) panes.delete(pane);
    };
  }
  function focus(pane: string): void {
    const handle = panes.get(pane);
    focusWish = handle === undefined ? pane : undefined;
    handle?.focus();
  }
  return {
    register(pane, handle) {
      handles.set(pane, handle);
      reveals.get(pane)?.(handle);
      reveals.delete(pane);
      const endPane = registerPane(pane, handle);
      return () => {
        endPane();
        handles.delete(pane);
        cell.update((state) => {
          const { [pane]: _gone, ...statuses } = state.statuses;
          return { ...state, statuses };
        });
      };
    },
    registerPane,
    handle: (pane) => (pane === undefined ? undefined : handles.get(pane)),
    reveal(pane, line, column) {
      const show = (handle: EditorHandle): void => {
        handle.reveal(line, column);
        handle.focus();
      };
      const handle = handles.get(pane);
      if (handle === undefined) reveals.set(pane, show);
      else show(handle);
    },
    focus,
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
