import { compose, isEmpty, transform, type Op } from "./op.ts";

/** One step that can be taken back (or done again). */
interface Step {
  /** What takes it back, on the text right after the step and before `since`. */
  readonly op: Op;
  /** What others have done between this step and the next one of ours. */
  readonly since: Op;
}

/** Steps kept; one is a burst of typing, so this is more than anyone takes back. */
const MAX_STEPS = 1000;

/**
 * The undo and redo stacks of one person in one text. They hold only this person's edits: others'
 * edits move the steps, but are never taken back, and taking back a step leaves alone what others
 * have typed inside it.
 *
 * Others' edits are kept beside the topmost step and carried down only when that step goes, so that
 * one of them costs the same however deep the stacks are.
 */
export class UndoHistory {
  #undo: Step[] = [];
  #redo: Step[] = [];
  /** Whether the next own edit starts a step of its own. */
  #isSealed = true;

  /** Whether there is something to take back. Others may have deleted all that it would change. */
  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Ends the step that is open: what comes next is taken back separately. */
  seal(): void {
    this.#isSealed = true;
  }

  /**
   * Remembers an own edit by the op that takes it back. It joins the step that is open. What was
   * taken back before can no longer be done again.
   */
  record(inverse: Op): void {
    if (isEmpty(inverse)) return;
    this.#redo = [];
    const top = this.#isSealed ? undefined : pop(this.#undo);
    push(this.#undo, top === undefined ? inverse : compose(inverse, top));
    if (this.#undo.length > MAX_STEPS) this.#undo.shift();
    this.#isSealed = false;
  }

  /** Someone else has changed the text by `op`. */
  applyRemote(op: Op): void {
    addSince(this.#undo, op);
    addSince(this.#redo, op);
  }

  /**
   * Takes the topmost step off and hands back the op that undoes it on the text as it is now;
   * `undefined` when there is none. The caller applies it, and then calls `undone` with its inverse.
   */
  undo(): Op | undefined {
    this.#isSealed = true;
    return popChanging(this.#undo);
  }

  undone(inverse: Op): void {
    push(this.#redo, inverse);
  }

  /** The same for a step that was taken back; afterwards `redone` with the inverse. */
  redo(): Op | undefined {
    this.#isSealed = true;
    return popChanging(this.#redo);
  }

  redone(inverse: Op): void {
    push(this.#undo, inverse);
  }

  /** Forgets everything: the text was replaced as a whole. */
  clear(): void {
    this.#undo = [];
    this.#redo = [];
    this.#isSealed = true;
  }
}

function push(stack: Step[], op: Op): void {
  stack.push({ op, since: [] });
}

function addSince(stack: Step[], op: Op): void {
  const top = stack.pop();
  if (top !== undefined) stack.push({ op: top.op, since: compose(top.since, op) });
}

/** Takes the topmost step off, moved over what came since, which goes down to the step below. */
function pop(stack: Step[]): Op | undefined {
  const top = stack.pop();
  if (top === undefined) return undefined;
  // What others have typed where this step deletes stays in front of what it puts back.
  const [since, op] = transform(top.since, top.op);
  addSince(stack, since);
  return op;
}

/** The topmost step that still changes something. */
function popChanging(stack: Step[]): Op | undefined {
  for (;;) {
    const op = pop(stack);
    if (op === undefined || !isEmpty(op)) return op;
  }
}
