import fc from "fast-check";
import { expect, test } from "vitest";
import { apply, codePointLength, invert, normalize, type Op } from "./op.ts";
import { UndoHistory } from "./undo.ts";

/** One random replacement; what it inserts is drawn from code points that nobody else inserts. */
interface Edit {
  readonly kind: "mine" | "theirs" | "seal" | "undo" | "redo";
  readonly at: number;
  readonly remove: number;
  readonly insert: number;
}

const edit = fc.record({
  kind: fc.constantFrom<Edit["kind"]>("mine", "mine", "theirs", "theirs", "seal", "undo", "redo"),
  at: fc.nat(1000),
  remove: fc.nat(4),
  insert: fc.nat(3),
});

const BASE = "abcdefghijklmnopqrst";
const MINE = 0x1f300;
const THEIRS = 0x4e00;

/** A text with two authors, in which each inserted character is unique. */
class Page {
  text = BASE;
  readonly history = new UndoHistory();
  readonly deletedByThem = new Set<string>();
  #mine = MINE;
  #theirs = THEIRS;

  run({ kind, at, remove, insert }: Edit): void {
    if (kind === "seal") return this.history.seal();
    if (kind === "undo") return this.undo();
    if (kind === "redo") return this.redo();
    const length = codePointLength(this.text);
    const from = at % (length + 1);
    const count = Math.min(remove, length - from);
    const inserted = Array.from({ length: insert }, () =>
      String.fromCodePoint(kind === "mine" ? this.#mine++ : this.#theirs++),
    ).join("");
    const op = normalize([from, inserted, -count].filter((part) => part !== 0 && part !== ""));
    if (kind === "mine") {
      this.history.record(invert(op, this.text));
    } else {
      const deleted = Array.from(this.text).slice(from, from + count);
      for (const char of deleted) this.deletedByThem.add(char);
      this.history.applyRemote(op);
    }
    this.text = apply(this.text, op);
  }

  undo(): void {
    this.#take(this.history.undo(), (inverse) => this.history.undone(inverse));
  }

  redo(): void {
    this.#take(this.history.redo(), (inverse) => this.history.redone(inverse));
  }

  #take(op: Op | undefined, done: (inverse: Op) => void): void {
    if (op === undefined) return;
    done(invert(op, this.text));
    this.text = apply(this.text, op);
  }

  get charsOfThem(): string[] {
    return Array.from(this.text).filter((char) => isTheirs(char));
  }
}

const isTheirs = (char: string): boolean =>
  (char.codePointAt(0) ?? 0) - THEIRS < 5000 && char >= "一" && char < "龦";

test("undoing everything takes back all of mine and nothing of theirs", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
      const page = new Page();
      for (const each of edits) page.run(each);
      const theirs = page.charsOfThem;
      while (page.history.canUndo) page.undo();
      const chars = Array.from(page.text);
      // None of mine is left, all of theirs is, in their order, and what only I deleted is back.
      expect(chars.filter((char) => (char.codePointAt(0) ?? 0) >= MINE)).toEqual([]);
      expect(page.charsOfThem.filter((char) => theirs.includes(char))).toEqual(theirs);
      expect(new Set(Array.from(BASE).filter((char) => !chars.includes(char)))).toEqual(
        new Set(
          Array.from(BASE).filter((char) => !chars.includes(char) && page.deletedByThem.has(char)),
        ),
      );
      expect(new Set(chars).size).toBe(chars.length);
    }),
    { numRuns: 500 },
  );
});

test("without others, undo and redo walk the same texts back and forth", () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 20 }), (edits) => {
      const page = new Page();
      const texts = [page.text];
      for (const each of edits) {
        page.run({ ...each, kind: "mine" });
        page.history.seal();
        if (page.text !== texts.at(-1)) texts.push(page.text);
      }
      for (const text of texts.toReversed().slice(1)) {
        page.undo();
        expect(page.text).toBe(text);
      }
      for (const text of texts.slice(1)) {
        page.redo();
        expect(page.text).toBe(text);
      }
    }),
  );
});

test("a burst of typing is one step, whatever others do meanwhile", () => {
  const history = new UndoHistory();
  let text = "";
  const type = (op: Op): void => {
    history.record(invert(op, text));
    text = apply(text, op);
  };
  type(["a"]);
  history.applyRemote(["X"]);
  text = apply(text, ["X"]);
  type([2, "b"]);
  expect(text).toBe("Xab");
  const op = history.undo();
  expect(op && apply(text, op)).toBe("X");
  expect(history.canUndo).toBe(false);
});

test("a new edit ends what could be done again", () => {
  const history = new UndoHistory();
  history.record([-1]);
  history.undone(["a"]);
  expect(history.canRedo).toBe(true);
  history.record([-1]);
  expect(history.canRedo).toBe(false);
});
