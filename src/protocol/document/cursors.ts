import { Emitter } from "#common/lib/emitter.ts";
import { carryCaret } from "#common/ot/caret.ts";
import type { Op } from "#common/ot/op.ts";
import type { Text } from "#common/ot/text.ts";
import type { RemoteCursor } from "../document.ts";
import type { OtCursor, OwnCursor } from "../services/ot.ts";

/** Others' carets in the text on the screen, which they follow through every edit. */
export class RemoteCursors {
  readonly #text: Text;
  /** Positions are code points of the text on the screen. */
  readonly #cursors = new Map<string, OtCursor>();
  readonly #changed = new Emitter<undefined>();
  #telling = false;

  constructor(text: Text) {
    this.#text = text;
  }

  on(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** By session, so that those of one person stand together. */
  list(): readonly RemoteCursor[] {
    return [...this.#cursors.values()]
      .toSorted((a, b) => a.session - b.session)
      .map((cursor) => ({
        ...cursor,
        ...mapCursor(cursor, (at) => this.#text.codePointToUtf16(at)),
      }));
  }

  /** A caret of the wire; `toScreen` carries it to the text on the screen. */
  place(cursor: OtCursor, toScreen: (cursor: OtCursor) => OtCursor): void {
    const inText = (position: number): number => Math.min(position, this.#text.length);
    const shown = toScreen(cursor);
    this.#cursors.set(cursor.id, { ...shown, ...mapCursor(shown, inText) });
    this.#tell();
  }

  remove(id: string): void {
    if (this.#cursors.delete(id)) this.#tell();
  }

  clear(): void {
    if (this.#cursors.size === 0) return;
    this.#cursors.clear();
    this.#tell();
  }

  /** The text has changed by `op`. Carets of its author move along with what they type. */
  carry(op: Op, authorId: number | undefined): void {
    for (const [id, cursor] of this.#cursors) {
      const by = cursor.userId === authorId ? "owner" : "others";
      this.#cursors.set(id, carryCaret(cursor, op, by));
    }
    if (this.#cursors.size > 0) this.#tell();
  }

  /** A move comes as several messages; listeners hear of it once. */
  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    void Promise.resolve().then(() => {
      this.#telling = false;
      this.#changed.emit(undefined);
    });
  }
}

/** The same caret with each of its positions mapped. */
function mapCursor(
  { position, selectionStart, selectionEnd }: OwnCursor,
  map: (position: number) => number,
): OwnCursor {
  return {
    position: map(position),
    selectionStart: map(selectionStart),
    selectionEnd: map(selectionEnd),
  };
}
