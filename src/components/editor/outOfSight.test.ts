import { describe, expect, it } from "vitest";
import { hintsOf } from "./outOfSight.ts";

const caret = (session: number, line: number) => ({ session, name: `P${session}`, color: 0, line });

describe("who is out of sight", () => {
  it("is told at the edge where they are, the nearest first", () => {
    const { above, below } = hintsOf(
      [caret(2, 1), caret(3, 90), caret(4, 50), caret(5, 60)],
      10,
      40,
    );
    expect(above).toMatchObject([{ name: "P2", line: 1 }]);
    expect(below).toMatchObject([{ line: 50 }, { line: 60 }, { line: 90 }]);
  });

  it("is nobody who has any caret in sight, and everyone else once", () => {
    const carets = [caret(2, 1), caret(2, 10), caret(3, 4), caret(3, 7), caret(3, 44)];
    expect(hintsOf(carets, 10, 40)).toMatchObject({ above: [{ session: 3, line: 7 }], below: [] });
  });
});
