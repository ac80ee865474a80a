import { apply, compose, invert, transform, transformPosition, type Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import type { TextChange } from "../document.ts";
import { toChanges, toOp } from "./changes.ts";

/**
 * A part of a text that the screen keeps as it is while others go on editing, as a composition asks
 * for: elsewhere screen and document are the same. Everything is in UTF-16 code units; a list of
 * changes means the text before all of them.
 */
export class HeldPart {
  #from: number;
  /** The part as the screen has it. */
  #shown: string;
  /** Leads from there to the part as the document has it. */
  #op: Op = [];

  /** `shown` stands at `from` of the text, which screen and document have alike. */
  constructor(from: number, shown: string) {
    this.#from = from;
    this.#shown = shown;
  }

  /** The part as the screen has it. */
  get shown(): string {
    return this.#shown;
  }

  /** The document has changed by these; gives what the screen is to change now, and holds the rest. */
  takeRemote(changes: readonly TextChange[], screen: string): TextChange[] {
    const shown: TextChange[] = [];
    for (const change of backwards(changes)) {
      const { offset, deleteLength, insert } = change;
      const part = this.#part;
      if (offset + deleteLength < this.#from) {
        shown.push(change);
        this.#from += insert.length - deleteLength;
      } else if (offset > this.#from + part.length) {
        shown.push({ ...change, offset: offset - (part.length - this.#shown.length) });
      } else {
        this.#widen(offset, offset + deleteLength - part.length + this.#shown.length, screen);
        this.#op = compose(this.#op, this.#toOp(this.#part, change));
      }
    }
    return shown.reverse();
  }

  /** The screen has changed by these; gives the same changes for the document. */
  takeLocal(changes: readonly TextChange[], document: string): TextChange[] {
    const told: TextChange[] = [];
    for (const change of backwards(changes)) {
      const { offset, deleteLength, insert } = change;
      const grown = this.#part.length - this.#shown.length;
      if (offset + deleteLength < this.#from) {
        told.push(change);
        this.#from += insert.length - deleteLength;
      } else if (offset > this.#from + this.#shown.length) {
        told.push({ ...change, offset: offset + grown });
      } else {
        this.#widen(offset, offset + deleteLength, document, grown);
        const part = this.#part;
        const op = this.#toOp(this.#shown, change);
        const [toDocument, held] = transform(op, this.#op);
        this.#shown = apply(this.#shown, op);
        this.#op = held;
        told.push(...this.#toChanges(part, toDocument).toReversed());
      }
    }
    return told.reverse();
  }

  /** What the screen lacks. Nothing is held any more. */
  release(): TextChange[] {
    const changes = this.#toChanges(this.#shown, this.#op);
    this.#shown = this.#part;
    this.#op = [];
    return changes;
  }

  toDocument(offset: number): number {
    const end = this.#from + this.#shown.length;
    if (offset <= this.#from) return offset;
    if (offset > end) return offset + this.#part.length - this.#shown.length;
    return this.#from + carried(this.#shown, offset - this.#from, this.#op, this.#part);
  }

  toScreen(offset: number): number {
    const part = this.#part;
    if (offset <= this.#from) return offset;
    if (offset >= this.#from + part.length) return offset + this.#shown.length - part.length;
    const back = invert(this.#op, this.#shown);
    return this.#from + carried(part, offset - this.#from, back, this.#shown);
  }

  get #part(): string {
    return apply(this.#shown, this.#op);
  }

  /**
   * Reaches at least from `start` to `end`, offsets of the screen. `text` has what lies around the
   * part, behind which its offsets are `grown` larger than those of the screen.
   */
  #widen(start: number, end: number, text: string, grown = 0): void {
    const before = text.slice(Math.min(start, this.#from), this.#from);
    const shownEnd = this.#from + this.#shown.length;
    const after = text.slice(shownEnd + grown, Math.max(end, shownEnd) + grown);
    if (before !== "") this.#op = shifted(this.#op, Text.from(before).length);
    this.#from -= before.length;
    this.#shown = before + this.#shown + after;
  }

  #toOp(part: string, { offset, deleteLength, insert }: TextChange): Op {
    return toOp(Text.from(part), [{ offset: offset - this.#from, deleteLength, insert }]);
  }

  #toChanges(part: string, op: Op): TextChange[] {
    return toChanges(Text.from(part), op).map((change) => ({
      ...change,
      offset: change.offset + this.#from,
    }));
  }
}

function backwards(changes: readonly TextChange[]): readonly TextChange[] {
  return changes.toSorted((a, b) => b.offset - a.offset);
}

function shifted(op: Op, by: number): Op {
  const [first, ...rest] = op;
  if (first === undefined) return op;
  return typeof first === "number" && first > 0 ? [first + by, ...rest] : [by, ...op];
}

function carried(before: string, offset: number, op: Op, after: string): number {
  // What others insert exactly at a caret goes behind it.
  const at = transformPosition(Text.from(before).utf16ToCodePoint(offset), op, "left");
  return Text.from(after).codePointToUtf16(at);
}
