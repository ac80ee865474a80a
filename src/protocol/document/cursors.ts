import { Emitter } from "#common/lib/emitter.ts";
import { transformPosition, type Op, type Side } from "#common/ot/op.ts";
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

  /** A caret of the wire; `toScreen` carries its positions to the text on the screen. */
  place(cursor: OtCursor, toScreen: (position: number) => number): void {
    const inText = (position: number): number => Math.min(toScreen(position), this.#text.length);
    this.#cursors.set(cursor.id, { ...cursor, ...mapCursor(cursor, inText) });
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
      const side: Side = cursor.userId === authorId ? "right" : "left";
      const carry = (at: number): number => transformPosition(at, op, side);
      this.#cursors.set(id, { ...cursor, ...mapCursor(cursor, carry) });
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
export function mapCursor(
  { position, selectionStart, selectionEnd }: OwnCursor,
  map: (position: number) => number,
): OwnCursor {
  return {
    position: map(position),
    selectionStart: map(selectionStart),
    selectionEnd: map(selectionEnd),
  };
}
