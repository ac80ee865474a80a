import { describe, expect, it } from "vitest";
import { carrySelection, isTouched } from "./ownCarets.ts";

const insert = (offset: number, text: string) => ({ offset, deleteLength: 0, insert: text });
const at = (anchor: number, head = anchor) => ({ anchor, head });

describe("own carets", () => {
  it("[CL27] stay before what others insert where they are", () => {
    expect(carrySelection(at(3), [insert(3, "xy")])).toEqual(at(3));
    expect(carrySelection(at(3), [insert(1, "xy"), insert(3, "z")])).toEqual(at(5));
  });

  it("[CL27] select nothing that others insert at their edges, in either direction", () => {
    const changes = [insert(2, "xy"), insert(4, "z")];
    expect(carrySelection(at(2, 4), changes)).toEqual(at(4, 6));
    expect(carrySelection(at(4, 2), changes)).toEqual(at(6, 4));
  });

  it("go behind what replaces the text before them, and where text is deleted around them", () => {
    expect(carrySelection(at(4), [{ offset: 1, deleteLength: 3, insert: "longer" }])).toEqual(
      at(7),
    );
    expect(carrySelection(at(3), [{ offset: 1, deleteLength: 4, insert: "" }])).toEqual(at(1));
    expect(carrySelection(at(2, 4), [{ offset: 1, deleteLength: 5, insert: "" }])).toEqual(at(1));
  });

  it("are the editor's own business unless something is inserted exactly there", () => {
    expect(isTouched(at(3), [insert(3, "x")])).toBe(true);
    expect(isTouched(at(5, 3), [insert(5, "x")])).toBe(true);
    expect(isTouched(at(3), [insert(2, "x"), insert(4, "x")])).toBe(false);
    expect(isTouched(at(3), [{ offset: 3, deleteLength: 1, insert: "x" }])).toBe(false);
  });
});
