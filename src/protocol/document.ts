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

/** A stretch of a text as the container has it: code points of one of its versions. */
export interface Anchor {
  readonly version: number;
  readonly from: number;
  readonly to: number;
  /** The words themselves, by which they are found where packets do not lead to them. */
  readonly quote: string;
}

/** Where an anchor is now, in UTF-16 code units of the text. */
export interface Place {
  readonly from: number;
  readonly to: number;
  /** The words are gone; `from` is where they were. */
  readonly isRemoved: boolean;
  /** The same place at the newest version. */
  readonly anchor: Anchor;
}

/** Follows places in one open text through everybody's edits. */
export interface Anchors {
  /** What is followed from here on, by ids of the caller's. */
  follow(anchors: ReadonlyMap<string, Anchor>): void;
  /** Those that are found. Old anchors take a moment, until the packets since then have come. */
  places(): ReadonlyMap<string, Place>;
  /** Calls back when places have changed by what the container has told. */
  onMoved(listener: () => void): () => void;
  /**
   * An anchor for a stretch of `text()`. Waits until everything typed has arrived, and asks for the
   * stretch only then; gives undefined when there is no connection.
   */
  make(range: () => { readonly from: number; readonly to: number }): Promise<Anchor | undefined>;
  dispose(): void;
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
  /**
   * Where a code point of the text at `version` is in `text()`, which has my unsent edits too. What I
   * have typed right there lies before it on the "right" side, and behind it on the "left".
   */
  offsetOf(position: number, side: "left" | "right"): number;
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
