import { assert } from "#common/lib/errors.ts";
import { ROOM } from "./gapBuffer.ts";
import { codePointLength, type Op } from "./op.ts";
import { Branch, Leaf, type Node } from "./textTree.ts";

/**
 * A text that changes in place, made for many small edits of large texts: a B-tree whose leaves are
 * gap buffers and whose nodes count code points, UTF-16 units and bytes. Edits and conversions take
 * O(log n), next to the last one hardly anything; the checksum after an edit reads one leaf.
 *
 * Positions and lengths are code points unless they say UTF-16. Text that comes in must be well
 * formed (see `wellFormed`).
 */
export class Text {
  #root: Node;
  /** The leaf of the last position asked for, and what lies before it. */
  #leaf: Leaf;
  #pointsBefore = 0;
  #unitsBefore = 0;

  private constructor(leaf: Leaf) {
    this.#root = leaf;
    this.#leaf = leaf;
  }

  static from(content: string): Text {
    const text = new Text(new Leaf());
    text.splice(0, 0, content);
    return text;
  }

  get length(): number {
    return this.#root.points;
  }

  get utf16Length(): number {
    return this.#root.units;
  }

  /** The length of the text as UTF-8. */
  get byteLength(): number {
    return this.#root.bytes;
  }

  /** Changes the text by `op`, which must not reach past the end. */
  apply(op: Op): void {
    let position = 0;
    for (const component of op) {
      if (typeof component === "string") {
        this.splice(position, 0, component);
        position += codePointLength(component);
      } else if (component > 0) {
        position += component;
      } else {
        this.splice(position, -component, "");
      }
    }
  }

  /** The op that undoes `op`, which has not changed the text yet. */
  inverseOf(op: Op): Op {
    let at = 0;
    return op.map((component) => {
      if (typeof component === "string") return -codePointLength(component);
      const from = at;
      at += Math.abs(component);
      return component > 0 ? component : this.slice(from, at);
    });
  }

  /** Replaces `deleteCount` code points at `position` by `insert`. */
  splice(position: number, deleteCount: number, insert: string): void {
    const end = position + deleteCount;
    assert(position >= 0 && deleteCount >= 0 && end <= this.length, "an edit outside of the text");
    if (deleteCount > 0) this.#delete(position, deleteCount);
    if (insert !== "") this.#insert(position, insert);
  }

  toString(): string {
    return this.slice(0, this.length);
  }

  slice(from: number, to: number): string {
    assert(from >= 0 && from <= to && to <= this.length, "a range outside of the text");
    this.#seek(from);
    let text = "";
    let start = this.#pointsBefore;
    for (let leaf: Leaf | undefined = this.#leaf; leaf && start < to; leaf = leaf.next) {
      text += leaf.slice(Math.max(from - start, 0), Math.min(to - start, leaf.points));
      start += leaf.points;
    }
    return text;
  }

  /** CRC-32 of the whole text as UTF-8, unsigned, as packets carry it (OT8). */
  crc32(): number {
    if (!this.#root.isChecked) this.#root.check();
    return this.#root.checksum;
  }

  codePointToUtf16(position: number): number {
    assert(position >= 0 && position <= this.length, "a position outside of the text");
    this.#seek(position);
    return this.#unitsBefore + this.#leaf.unitsBefore(position - this.#pointsBefore);
  }

  utf16ToCodePoint(offset: number): number {
    assert(offset >= 0 && offset <= this.utf16Length, "an offset outside of the text");
    this.#seekUnit(offset);
    return this.#pointsBefore + this.#leaf.pointsBefore(offset - this.#unitsBefore);
  }

  /** An independent copy. */
  clone(): Text {
    return Text.from(this.toString());
  }

  #insert(position: number, insert: string): void {
    this.#seek(position);
    let at = position - this.#pointsBefore;
    if (insert.length > this.#leaf.free) at = this.#makeRoom(at, insert.length);
    for (let start = 0; start < insert.length; at = 0) {
      const end = endOfPart(insert, start + this.#leaf.free);
      const { points, units, bytes } = this.#leaf;
      this.#leaf.insert(at, insert, start, end);
      this.#resized(this.#leaf, points, units, bytes);
      start = end;
      if (start < insert.length) {
        this.#attachLeaf(this.#leaf, new Leaf());
        this.#advance();
      }
    }
  }

  /**
   * Goes on when the current leaf has no room for `units` more at `at`; then either there is room,
   * or the current leaf ends there and the rest can go into new ones. Returns the new `at`.
   */
  #makeRoom(at: number, units: number): number {
    const leaf = this.#leaf;
    if (at === leaf.points) {
      if (leaf.next === undefined || units > leaf.next.free) return at;
      this.#advance();
      return 0;
    }
    // Something short is likely to be followed by more at the same place, so both halves get room.
    // Half of the code points are at most two thirds of the units: a quarter is surely free then.
    const middle = units <= ROOM / 4 ? leaf.points >> 1 : at;
    const rest = new Leaf();
    leaf.moveTail(middle, rest);
    this.#attachLeaf(leaf, rest);
    if (at <= middle) return at;
    this.#advance();
    return at - middle;
  }

  #delete(position: number, count: number): void {
    this.#seek(position);
    let at = position - this.#pointsBefore;
    let leaf: Leaf | undefined = this.#leaf;
    for (let left = count; left > 0 && leaf; at = 0) {
      const part = Math.min(left, leaf.points - at);
      const { points, units, bytes, next }: Leaf = leaf;
      if (part > 0) {
        leaf.delete(at, at + part);
        this.#resized(leaf, points, units, bytes);
      }
      if (leaf.points === 0) this.#detachLeaf(leaf);
      left -= part;
      leaf = next;
    }
    if (this.#leaf.units < ROOM / 4) this.#mergeSparse();
  }

  /** Joins the current leaf with a neighbour if they are well within one. */
  #mergeSparse(): void {
    const leaf = this.#leaf;
    if (leaf.next && leaf.units + leaf.next.units <= ROOM / 2) {
      this.#absorbNext(leaf.next);
    } else if (leaf.previous && leaf.units + leaf.previous.units <= ROOM / 2) {
      this.#leaf = leaf.previous;
      this.#pointsBefore -= leaf.previous.points;
      this.#unitsBefore -= leaf.previous.units;
      this.#absorbNext(leaf);
    }
  }

  #absorbNext(next: Leaf): void {
    const content = next.slice(0, next.points);
    const { points, units, bytes } = next;
    next.delete(0, points);
    this.#resized(next, points, units, bytes);
    this.#detachLeaf(next);
    this.#insert(this.#pointsBefore + this.#leaf.points, content);
  }

  /** Carries a changed leaf's sizes, which were these, to all that holds it. */
  #resized(leaf: Leaf, points: number, units: number, bytes: number): void {
    const morePoints = leaf.points - points;
    const moreUnits = leaf.units - units;
    const moreBytes = leaf.bytes - bytes;
    leaf.isChecked = false;
    let child: Node = leaf;
    for (let { parent } = child; parent; { parent } = child) {
      parent.grow(child, morePoints, moreUnits, moreBytes);
      child = parent;
    }
  }

  /** Makes the leaf that `position` is in or at the current one. */
  #seek(position: number): void {
    const at = position - this.#pointsBefore;
    if (at >= 0 && at <= this.#leaf.points) return;
    let node = this.#root;
    let left = position;
    let units = 0;
    while (node instanceof Branch) {
      let child = 0;
      let next = node.child(0);
      while (left > next.points) {
        left -= next.points;
        units += next.units;
        next = node.child(++child);
      }
      node = next;
    }
    this.#leaf = node;
    this.#pointsBefore = position - left;
    this.#unitsBefore = units;
  }

  /** The same for an offset in UTF-16 units. */
  #seekUnit(offset: number): void {
    const at = offset - this.#unitsBefore;
    if (at >= 0 && at <= this.#leaf.units) return;
    let node = this.#root;
    let left = offset;
    let points = 0;
    while (node instanceof Branch) {
      let child = 0;
      let next = node.child(0);
      while (left > next.units) {
        left -= next.units;
        points += next.points;
        next = node.child(++child);
      }
      node = next;
    }
    this.#leaf = node;
    this.#pointsBefore = points;
    this.#unitsBefore = offset - left;
  }

  #advance(): void {
    const leaf = this.#leaf;
    assert(leaf.next, "a leaf follows");
    this.#pointsBefore += leaf.points;
    this.#unitsBefore += leaf.units;
    this.#leaf = leaf.next;
  }

  /** Puts `fresh` behind `leaf`; together they have the size that `leaf` had. */
  #attachLeaf(leaf: Leaf, fresh: Leaf): void {
    fresh.previous = leaf;
    fresh.next = leaf.next;
    if (leaf.next) leaf.next.previous = fresh;
    leaf.next = fresh;
    leaf.isChecked = false;
    this.#attach(leaf, fresh);
  }

  #attach(node: Node, fresh: Node): void {
    const { parent } = node;
    if (!parent) {
      this.#root = new Branch([node, fresh]);
      return;
    }
    parent.insertAfter(node, fresh);
    if (parent.isOverfull) this.#attach(parent, parent.split());
  }

  /** Takes an empty leaf away, unless it is the only one. */
  #detachLeaf(leaf: Leaf): void {
    const { previous, next } = leaf;
    if (!previous && !next) return;
    if (previous) previous.next = next;
    if (next) next.previous = previous;
    if (leaf === this.#leaf) {
      if (next) {
        this.#leaf = next;
      } else if (previous) {
        this.#leaf = previous;
        this.#pointsBefore -= previous.points;
        this.#unitsBefore -= previous.units;
      }
    }
    this.#detach(leaf);
  }

  #detach(node: Node): void {
    const { parent } = node;
    if (!parent) return;
    parent.remove(node);
    if (parent.count === 0) this.#detach(parent);
    while (this.#root instanceof Branch && this.#root.count === 1) {
      this.#root = this.#root.child(0);
      this.#root.parent = undefined;
    }
  }
}

/** The last offset up to `limit` at which `text` can be cut. */
function endOfPart(text: string, limit: number): number {
  if (limit >= text.length) return text.length;
  const cutsPair = limit > 0 && (text.charCodeAt(limit - 1) & 0xfc00) === 0xd800;
  return cutsPair ? limit - 1 : limit;
}
