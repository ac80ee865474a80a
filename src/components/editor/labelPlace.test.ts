import { describe, expect, it } from "vitest";
import { columnsAside } from "./labelPlace.ts";

const theirs = { lineNumber: 5, column: 10 };
const aside = (lineNumber: number, column: number) =>
  columnsAside(theirs, 4, "Lin", { lineNumber, column });

describe("the name of a caret", () => {
  it("goes aside when my own caret is under it, and no further than past it", () => {
    expect([aside(4, 10), aside(4, 12), aside(4, 14)]).toEqual([1, 3, 5]);
  });

  it("stays where my caret is beside it, or in another line", () => {
    expect([aside(4, 9), aside(4, 15), aside(5, 12)]).toEqual([0, 0, 0]);
    expect(columnsAside(theirs, 4, "Lin", null)).toBe(0);
  });
});
