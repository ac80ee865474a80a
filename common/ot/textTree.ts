import { assert } from "#common/lib/errors.ts";
import { combine, multiply, shiftOf } from "./crc32.ts";
import { GapBuffer } from "./gapBuffer.ts";

/** Children of a branch at most. More make the tree flatter, and a checksum dearer. */
const FANOUT = 16;

/** A checksum or shift not taken yet. As large as they get, so that V8 makes room for it at once. */
const UNKNOWN = 0xffffffff;

/**
 * A piece of a text: what its leaves hold, in order. Sizes are always right; checksum and shift are
 * those of the text as it was when `isChecked` was last true, and `check` makes them right again.
 */
export type Node = Branch | Leaf;

/** The lowest piece, in a row with its neighbours. */
export class Leaf extends GapBuffer {
  parent: Branch | undefined = undefined;
  previous: Leaf | undefined = undefined;
  next: Leaf | undefined = undefined;
  checksum = UNKNOWN;
  shift = UNKNOWN;
  isChecked = false;

  check(): void {
    this.checksum = this.crc32();
    this.shift = shiftOf(this.bytes);
    this.isChecked = true;
  }
}

/** Several pieces in a row, never none while it is in a tree. Who changes a child tells it (`grow`). */
export class Branch {
  parent: Branch | undefined = undefined;
  readonly #children: Node[];
  points = 0;
  units = 0;
  bytes = 0;
  checksum = UNKNOWN;
  shift = UNKNOWN;
  isChecked = false;
  /** The one child that has changed since the last check, if it is only one. */
  #changed: Node | undefined = undefined;
  /** The child that had changed at the last check, with the checksums of all around it. */
  #focus: Node | undefined = undefined;
  #before = UNKNOWN;
  #behind = UNKNOWN;
  #behindShift = UNKNOWN;
  #aroundShift = UNKNOWN;

  constructor(children: Node[]) {
    this.#children = children;
    for (const child of children) {
      child.parent = this;
      this.points += child.points;
      this.units += child.units;
      this.bytes += child.bytes;
    }
  }

  get count(): number {
    return this.#children.length;
  }

  /** Whether it has more children than it should and is to be split. */
  get isOverfull(): boolean {
    return this.count > FANOUT;
  }

  child(index: number): Node {
    const child = this.#children[index];
    assert(child, "a branch is as large as its children are together");
    return child;
  }

  /** Takes in `fresh` behind `child`; together they have the size that the child had. */
  insertAfter(child: Node, fresh: Node): void {
    this.#children.splice(this.#children.indexOf(child) + 1, 0, fresh);
    fresh.parent = this;
    this.#reordered();
  }

  /** Lets an empty child go. */
  remove(child: Node): void {
    this.#children.splice(this.#children.indexOf(child), 1);
    this.#reordered();
  }

  /** Makes a branch of the latter half of the children. */
  split(): Branch {
    const rest = new Branch(this.#children.splice(this.count >> 1));
    this.points -= rest.points;
    this.units -= rest.units;
    this.bytes -= rest.bytes;
    this.#reordered();
    return rest;
  }

  /** Tells that `child`, and so this branch, has become larger by so much. */
  grow(child: Node, points: number, units: number, bytes: number): void {
    this.points += points;
    this.units += units;
    this.bytes += bytes;
    this.#changed = this.isChecked || this.#changed === child ? child : undefined;
    this.isChecked = false;
  }

  check(): void {
    let focus = this.#changed;
    if (focus) {
      focus.check();
    } else {
      for (const child of this.#children) if (!child.isChecked) child.check();
      focus = this.child(0);
      this.#focus = undefined;
    }
    // Most edits are next to the last one, and then nothing around the child has changed.
    if (focus !== this.#focus) this.#lookAround(focus);
    const upToThere = combine(this.#before, focus.checksum, focus.shift);
    this.checksum = combine(upToThere, this.#behind, this.#behindShift);
    this.shift = multiply(this.#aroundShift, focus.shift);
    this.isChecked = true;
  }

  #lookAround(focus: Node): void {
    this.#focus = focus;
    this.#before = 0;
    this.#behind = 0;
    let behindBytes = 0;
    let isBehind = false;
    for (const child of this.#children) {
      if (child === focus) {
        isBehind = true;
      } else if (isBehind) {
        this.#behind = combine(this.#behind, child.checksum, child.shift);
        behindBytes += child.bytes;
      } else {
        this.#before = combine(this.#before, child.checksum, child.shift);
      }
    }
    this.#behindShift = shiftOf(behindBytes);
    this.#aroundShift = shiftOf(this.bytes - focus.bytes);
  }

  #reordered(): void {
    this.isChecked = false;
    this.#changed = undefined;
  }
}
