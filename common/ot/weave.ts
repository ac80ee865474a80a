import { diff } from "./diff.ts";
import { normalize, type Component, type Op } from "./op.ts";
import { Sums } from "./sums.ts";

/** Neighbours in the text that came with one edit and went with one edit. */
interface Run {
  /** Where its characters begin among all that ever came. */
  readonly first: number;
  readonly length: number;
  /** The number of the edit that has inserted it; -1 when it was there at first. */
  readonly insertedBy: number;
  /** The number of the edit that has deleted it; -1 when none has. */
  deletedBy: number;
  /** Whether the other text has it. */
  isInOther: boolean;
}

const NONE = -1;

/**
 * All characters that stood in a text at any time, in one order, each with the edit that inserted it
 * and the edit that deleted it: a weave. Another text that has some of the same edits in it can be
 * laid along; then the rest of them can be done to that one, each character being known for itself,
 * whatever stood around it when the edit was made.
 */
export class Weave {
  /** Code points, as they came. */
  readonly #chars: string[];
  readonly #runs: Run[];
  #edits = 0;

  constructor(text: string) {
    this.#chars = Array.from(text);
    this.#runs = [
      {
        first: 0,
        length: this.#chars.length,
        insertedBy: NONE,
        deletedBy: NONE,
        isInOther: false,
      },
    ];
  }

  /** Takes in the next edit of the text; the first one is number 0. */
  add(op: Op): void {
    const edit = this.#edits++;
    const isThere = (run: Run): boolean => run.deletedBy === NONE;
    let at = 0;
    for (const component of op) {
      if (typeof component === "string") {
        // Behind what others have deleted there, as behind what they have inserted (OT5).
        for (let run = this.#runs[at]; run && !isThere(run); run = this.#runs[at]) at++;
        this.#insert(at++, component, edit);
      } else {
        at = this.#walk(at, Math.abs(component), isThere, (run) => {
          if (component < 0) run.deletedBy = edit;
        });
      }
    }
  }

  /**
   * Lays another text along, once all edits are taken in. Of the runs that it may have it has those
   * that are found in it, in this order.
   */
  layAlong(text: string, mayHave: (run: Readonly<Run>) => boolean): LaidAlong {
    const candidates = this.#runs.filter(mayHave).map((run) => this.#textOf(run));
    const op = diff(candidates.join(""), text);
    let at = 0;
    for (const component of [...op, Infinity]) {
      if (typeof component === "string") {
        this.#insert(at, component, NONE).isInOther = true;
        at++;
      } else {
        at = this.#walk(at, Math.abs(component), mayHave, (run) => {
          run.isInOther = component > 0;
        });
      }
    }
    return new LaidAlong(this.#runs, (run) => this.#textOf(run));
  }

  #textOf({ first, length }: Run): string {
    return this.#chars.slice(first, first + length).join("");
  }

  #insert(at: number, text: string, insertedBy: number): Run {
    const first = this.#chars.length;
    for (const char of text) this.#chars.push(char);
    const length = this.#chars.length - first;
    const run = { first, length, insertedBy, deletedBy: NONE, isInOther: false };
    this.#runs.splice(at, 0, run);
    return run;
  }

  /**
   * Visits so many characters of the runs that count, from the run `at` on, and cuts the last one where
   * they end. Returns where it goes on.
   */
  #walk(
    at: number,
    length: number,
    counts: (run: Run) => boolean,
    visit: (run: Run) => void,
  ): number {
    let left = length;
    for (; left > 0; at++) {
      const run = this.#runs[at];
      if (run === undefined) break;
      if (!counts(run)) continue;
      const visited = run.length > left ? this.#cut(at, run, left) : run;
      visit(visited);
      left -= visited.length;
    }
    return at;
  }

  #cut(at: number, run: Run, length: number): Run {
    const head = { ...run, length };
    const tail = { ...run, first: run.first + length, length: run.length - length };
    this.#runs.splice(at, 1, head, tail);
    return head;
  }
}

/** A text beside the weave of another, to which edits of that one are done. */
class LaidAlong {
  readonly #runs: readonly Run[];
  readonly #textOf: (run: Run) => string;
  /** How much of each run the text has. */
  readonly #lengths: Sums;
  /** The runs that an edit has inserted or deleted, from left to right. */
  readonly #runsOf: number[][] = [];

  constructor(runs: readonly Run[], textOf: (run: Run) => string) {
    this.#runs = runs;
    this.#textOf = textOf;
    this.#lengths = new Sums(runs.map(({ isInOther, length }) => (isInOther ? length : 0)));
    for (const [index, { insertedBy, deletedBy }] of runs.entries()) {
      for (const edit of [insertedBy, deletedBy]) {
        if (edit !== NONE) (this.#runsOf[edit] ??= []).push(index);
      }
    }
  }

  /** Does an edit to the text: the op that it is there. */
  carry(edit: number): Op {
    const op: Component[] = [];
    /** So much of the new text is made. */
    let done = 0;
    for (const index of this.#runsOf[edit] ?? []) {
      const run = this.#runs[index];
      const isInsert = run?.insertedBy === edit;
      if (run === undefined || run.isInOther === isInsert) continue;
      const at = this.#lengths.ofFirst(index);
      op.push(at - done, isInsert ? this.#textOf(run) : -run.length);
      done = isInsert ? at + run.length : at;
      run.isInOther = isInsert;
      this.#lengths.add(index, isInsert ? run.length : -run.length);
    }
    return normalize(op);
  }
}
