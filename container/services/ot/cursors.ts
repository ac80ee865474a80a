import type { Session } from "../../service.ts";

/** Carets of one session that are kept; with more, the oldest go. */
const MAX_PER_SESSION = 200;

/** Where somebody's caret and selection are, in code points of the text of `version`. */
export interface Cursor {
  readonly id: string;
  readonly session: Session;
  readonly version: number;
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

/** The carets of all sessions of a channel. */
export class Cursors {
  readonly #bySession = new Map<Session, Map<string, Cursor>>();

  get all(): readonly Cursor[] {
    return [...this.#bySession.values()].flatMap((cursors) => [...cursors.values()]);
  }

  /** Keeps a caret, and returns the one that has to make room for it. */
  put(cursor: Cursor): Cursor | undefined {
    const { session, id } = cursor;
    const cursors = this.#bySession.get(session) ?? new Map<string, Cursor>();
    this.#bySession.set(session, cursors);
    cursors.delete(id);
    cursors.set(id, cursor);
    const [oldest] = cursors.values();
    if (cursors.size <= MAX_PER_SESSION || oldest === undefined) return undefined;
    cursors.delete(oldest.id);
    return oldest;
  }

  /** Removes and returns the session's caret of that id; others' carets are not its to delete. */
  delete(session: Session, id: string): Cursor | undefined {
    const cursors = this.#bySession.get(session);
    const cursor = cursors?.get(id);
    cursors?.delete(id);
    return cursor;
  }

  /** The session has left: returns what it leaves behind. */
  clear(session: Session): readonly Cursor[] {
    const cursors = [...(this.#bySession.get(session)?.values() ?? [])];
    this.#bySession.delete(session);
    return cursors;
  }
}
