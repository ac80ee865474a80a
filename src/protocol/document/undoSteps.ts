import type { Clock } from "#common/lib/clock.ts";
import { codePointLength, type Op } from "#common/ot/op.ts";
import type { Text } from "#common/ot/text.ts";
import { UndoHistory } from "#common/ot/undo.ts";

/** Typing that pauses for longer begins a new step. */
const PAUSE_MS = 1_000;

/**
 * Cuts one person's edits into the steps that are taken back at once: a burst of typing, or of
 * deleting, at one place. Ops are those of the text on the screen, before they change it.
 */
export class UndoSteps {
  readonly #clock: Clock;
  readonly #history = new UndoHistory();
  /** Where the last edit ended, of what sort it was, and when. */
  #last: (Span & { readonly atMs: number }) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** An own edit is about to change `text`. */
  record(op: Op, text: Text): void {
    const span = spanOf(op);
    const atMs = this.#clock.now();
    const last = this.#last;
    const isNewStep =
      last === undefined ||
      atMs - last.atMs > PAUSE_MS ||
      span.sort !== last.sort ||
      (span.from !== last.end && span.to !== last.end);
    if (isNewStep) this.#history.seal();
    this.#last = { ...span, atMs };
    this.#history.record(text.inverseOf(op));
  }

  /** What follows is a step of its own. */
  seal(): void {
    this.#last = undefined;
  }

  /** Somebody else's edit has come in between. */
  applyRemote(op: Op): void {
    this.#history.applyRemote(op);
    // Where our last edit ended has moved with it; what follows is a new step at worst.
    if (this.#last !== undefined && spanOf(op).from <= this.#last.end) this.#last = undefined;
  }

  /** The op that takes the last step back; the caller makes it of `text`. */
  undo(text: Text): Op | undefined {
    const op = this.#history.undo();
    if (op !== undefined) this.#history.undone(text.inverseOf(op));
    this.#last = undefined;
    return op;
  }

  redo(text: Text): Op | undefined {
    const op = this.#history.redo();
    if (op !== undefined) this.#history.redone(text.inverseOf(op));
    this.#last = undefined;
    return op;
  }
}

interface Span {
  readonly sort: "insert" | "delete" | "both";
  /** What it touches in the text before it, and where it ends in the text after it. */
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

function spanOf(op: Op): Span {
  let at = 0;
  let inserted = 0;
  let deleted = 0;
  let from: number | undefined;
  for (const component of op) {
    if (typeof component === "number" && component > 0) {
      at += component;
      continue;
    }
    from ??= at;
    if (typeof component === "string") {
      inserted += codePointLength(component);
    } else {
      deleted -= component;
      at -= component;
    }
  }
  const sort = inserted === 0 ? "delete" : deleted === 0 ? "insert" : "both";
  return { sort, from: from ?? 0, to: at, end: at - deleted + inserted };
}
