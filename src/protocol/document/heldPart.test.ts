import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TextChange } from "../document.ts";
import { HeldPart } from "./heldPart.ts";

function changed(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (result, { offset, deleteLength, insert }) =>
        result.slice(0, offset) + insert + result.slice(offset + deleteLength),
      text,
    );
}

/** A screen and a document of which one line is held apart. */
class Pair {
  screen: string;
  document: string;
  readonly held: HeldPart;

  constructor(text: string, from: number, to: number) {
    this.screen = text;
    this.document = text;
    this.held = new HeldPart(from, text.slice(from, to));
  }

  remote(...changes: readonly TextChange[]): void {
    const shown = this.held.takeRemote(changes, this.screen);
    this.document = changed(this.document, changes);
    this.screen = changed(this.screen, shown);
  }

  local(...changes: readonly TextChange[]): void {
    const told = this.held.takeLocal(changes, this.document);
    this.screen = changed(this.screen, changes);
    this.document = changed(this.document, told);
  }

  release(): void {
    this.screen = changed(this.screen, this.held.release());
  }
}

const insert = (offset: number, text: string): TextChange => ({
  offset,
  deleteLength: 0,
  insert: text,
});
const remove = (offset: number, deleteLength: number): TextChange => ({
  offset,
  deleteLength,
  insert: "",
});

describe("a held part", () => {
  it("stays as it is while everything else follows the others", () => {
    const pair = new Pair("one\ntwo\nthree", 4, 7);
    pair.remote(insert(0, "0 "));
    pair.remote(insert(9, "!"), insert(10, "4 "));
    pair.remote(insert(6, ">"));
    expect(pair.screen).toBe("0 one\ntwo\n4 three");
    expect(pair.document).toBe("0 one\n>two!\n4 three");
    pair.local({ offset: 6, deleteLength: 3, insert: "変換" });
    expect(pair.screen).toBe("0 one\n変換\n4 three");
    pair.release();
    expect(pair.screen).toBe(pair.document);
    expect(pair.screen).toContain("変換");
  });

  it("keeps what is composed when others delete all around it", () => {
    const pair = new Pair("one\ntwo\nthree", 4, 7);
    pair.local(insert(7, "か"));
    pair.remote(remove(0, 14));
    expect(pair.screen).toBe("one\ntwoか\nthree");
    pair.local({ offset: 7, deleteLength: 1, insert: "書く" });
    pair.release();
    expect(pair.screen).toBe("書く");
    expect(pair.document).toBe("書く");
  });

  it("has places on both sides", () => {
    const pair = new Pair("one\ntwo\nthree", 4, 7);
    pair.remote(insert(4, "> "));
    expect([0, 4, 5, 7, 8].map((at) => pair.held.toDocument(at))).toEqual([0, 4, 7, 9, 10]);
    expect([0, 4, 7, 9, 10].map((at) => pair.held.toScreen(at))).toEqual([0, 4, 5, 7, 8]);
  });

  it("ends as the document, whatever both sides do", () => {
    const step = fc.record({
      isLocal: fc.boolean(),
      at: fc.nat(1000),
      length: fc.nat(6),
      insert: fc.constantFrom("", "a", "\n", "bc", "🦊", "か"),
    });
    const start = fc.array(fc.constantFrom("x", "y", "\n", "é", "漢"), { maxLength: 30 });
    fc.assert(
      fc.property(
        start,
        fc.nat(),
        fc.nat(),
        fc.array(step, { maxLength: 20 }),
        (chars, a, b, steps) => {
          const text = chars.join("");
          const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].toSorted(
            (x, y) => x - y,
          );
          const pair = new Pair(text, from, to);
          for (const { isLocal, at, length, insert: added } of steps) {
            const side = isLocal ? pair.screen : pair.document;
            const chars16 = side.length + 1;
            const begin = whole(side, at % chars16);
            const end = whole(side, Math.min(side.length, begin + length));
            const change = { offset: begin, deleteLength: end - begin, insert: added };
            if (isLocal) pair.local(change);
            else pair.remote(change);
          }
          pair.release();
          expect(pair.screen).toBe(pair.document);
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** Not between the halves of a character. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
