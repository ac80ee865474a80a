import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow, type Random } from "#common/lib/random.ts";
import { apply, codePointLength, normalize, type Op } from "./op.ts";
import { Weave } from "./weave.ts";

const isOfFirst = ({ insertedBy }: { readonly insertedBy: number }): boolean => insertedBy < 0;

function weaveOf(text: string, edits: readonly Op[]): Weave {
  const weave = new Weave(text);
  for (const op of edits) weave.add(op);
  return weave;
}

describe("a weave", () => {
  it("makes of the text that it began with what the edits made of it", () => {
    const random = mulberry32(1);
    for (let world = 0; world < 200; world++) {
      const before = letters(random, 20);
      const edits = randomEdits(random, before, 12);
      const weave = weaveOf(before, edits);
      const along = weave.layAlong(before, isOfFirst);
      expect(edits.map((_, edit) => along.carry(edit))).toEqual(edits);
    }
  });

  it("leaves edits out, and does the others to what stands where they were made", () => {
    const weave = weaveOf("ab", [
      [1, "XYZ"],
      [2, "-typed-"],
    ]);
    const along = weave.layAlong("ab", isOfFirst);
    expect(along.carry(1)).toEqual([1, "-typed-"]);
  });

  it("knows what was deleted later by itself, though it was laid along elsewhere", () => {
    // Somebody types 1, a program writes 2, somebody deletes 1; the file has 2, and no edit.
    const weave = weaveOf("ab", [["1"], [1, "2"], [-1]]);
    const along = weave.layAlong("2ab", ({ insertedBy }) => insertedBy < 0 || insertedBy === 1);
    expect([along.carry(0), along.carry(2)]).toEqual([["1"], [-1]]);
  });

  it("places an insert into what others have inserted between its characters", () => {
    const weave = weaveOf("", [["abcd"], [2, "😀"]]);
    const along = weave.layAlong("😀!", ({ insertedBy }) => insertedBy === 1);
    expect(along.carry(0)).toEqual(["ab", 2, "cd"]);
  });

  it("deletes nothing that is not there, and keeps all that only the other text has", () => {
    const random = mulberry32(2);
    for (let world = 0; world < 200; world++) {
      const before = letters(random, 20);
      const edits = randomEdits(random, before, 12);
      const foreign = apply(before, randomEdits(random, before, 1)[0] ?? []).concat("#?#");
      const weave = weaveOf(before, edits);
      const along = weave.layAlong(foreign, isOfFirst);
      const after = edits.reduce((text, _, edit) => apply(text, along.carry(edit)), foreign);
      expect(after).toContain("#?#");
      const ours = edits.reduce(apply, before);
      const typed = Array.from(ours).filter((char) => !before.includes(char));
      // What people have typed and left there is there, in its order.
      expect(Array.from(after).filter((char) => typed.includes(char))).toEqual(typed);
    }
  });
});

let next = 0x4e00;

/** Characters that are nowhere else; some of them need two UTF-16 units. */
function letters(random: Random, most: number): string {
  let text = "";
  for (let count = randomBelow(random, most + 1); count > 0; count--) {
    text += String.fromCodePoint(next++ + (random() < 0.3 ? 0x1b200 : 0));
  }
  return text;
}

function randomEdits(random: Random, text: string, count: number): readonly Op[] {
  const edits: Op[] = [];
  let length = codePointLength(text);
  for (let i = 0; i < count; i++) {
    const at = randomBelow(random, length + 1);
    const deleted = random() < 0.5 ? Math.min(randomBelow(random, 6), length - at) : 0;
    const inserted = random() < 0.7 ? letters(random, 4) : "";
    const op = normalize([at, -deleted, inserted]);
    length += codePointLength(inserted) - deleted;
    edits.push(op);
  }
  return edits;
}
