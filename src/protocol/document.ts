import type { DocumentState, OtPacket } from "./services/ot.ts";

/** Someone else's caret in this text, in UTF-16 code units of the text as it stands now. */
export interface RemoteCursor {
  readonly id: string;
  readonly session: number;
  readonly userId: number;
  readonly name: string;
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

/** One replacement, in UTF-16 code units of the text before the whole list. */
export interface TextChange {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: string;
}

/**
 * One open text, beside the editor that shows it. Local changes are applied at once and sent when
 * the protocol allows; others' changes arrive already transformed against them. All offsets are
 * UTF-16 code units of `text()`, whose line ends are those of the file.
 */
export interface OpenDocument {
  readonly path: string;
  readonly state: DocumentState;
  /** The text now, local edits included. */
  text(): string;
  /** Tells of edits made in the editor: `changes` in any order, offsets before all of them. */
  edit(changes: readonly TextChange[]): void;
  /**
   * Takes back my last step (a burst of typing), and nothing of anyone else's, by `common/ot/undo.ts`:
   * a local edit like any other. Hands back what it changed, for the editor; `undefined` when there
   * is nothing to take back. A step ends with a pause, a jump elsewhere, an undo or a redo.
   */
  undo(): readonly TextChange[] | undefined;
  /**
   * Makes the text `text`, by an edit of mine that keeps what both have in common. Editors are told
   * of it as of others' edits; it is a step of its own for `undo`.
   */
  replace(text: string): void;
  /** Does it again, until I edit anew. */
  redo(): readonly TextChange[] | undefined;
  /**
   * Others' edits, to be applied to the editor at once and in one step; offsets before all of them.
   * User 0 is a program, or the container after a reconnect that packets could not bridge.
   */
  onRemoteChanges(
    listener: (changes: readonly TextChange[], author: { readonly userId: number }) => void,
  ): () => void;
  /** The newest version that the container has told of. */
  readonly version: number;
  /** Each further one; without its packet when it is one that no packets lead to. */
  onVersion(listener: (version: number, packet?: OtPacket) => void): () => void;
  /** My carets; at most one message per 50 ms goes out. */
  setSelections(selections: readonly { readonly anchor: number; readonly head: number }[]): void;
  cursors(): readonly RemoteCursor[];
  onCursors(listener: () => void): () => void;
  /**
   * Resolves when everything typed so far is acknowledged and on disk, which waits for the
   * connection if need be; rejects with a `RequestError` when it cannot be saved.
   */
  flush(): Promise<void>;
  /** Lets go of it. What is still unsent is sent first, unseen. */
  close(): void;
}
