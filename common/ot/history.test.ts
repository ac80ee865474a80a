import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOp } from "#test/helpers/ops.ts";
import { History } from "./history.ts";
import { lengthDelta, type Op, transformOp } from "./op.ts";

const LENGTH = 12;

function historyOf(ops: readonly Op[]): History {
  const history = new History();
  for (const op of ops) history.push(op);
  return history;
}

/** Edits of every shape; short ones, so that single edits of all sorts come up. */
const anyOps = fc.array(
  fc.oneof(
    anyOp(LENGTH),
    fc.tuple(fc.nat(LENGTH - 3), fc.constantFrom("a", "😀b", -1, -3)).map(singleAt),
  ),
  { maxLength: 40 },
);

function singleAt([position, edit]: readonly [number, string | number]): Op {
  return position === 0 ? [edit] : [position, edit];
}

describe("History", () => {
  it("gives back what it was given", () => {
    fc.assert(
      fc.property(anyOps, (ops) => {
        const history = historyOf(ops);
        expect(history.length).toBe(ops.length);
        expect(ops.map((_, index) => history.at(index))).toEqual(ops);
      }),
    );
  });

  it("[OT3] leaves nothing of a delete that another has made, whatever is typed there later", () => {
    const history = historyOf([
      [1, -2],
      [1, "abcdef"],
    ]);
    expect(history.carry([1, -2], 0)).toEqual([]);
  });

  it("knows how much longer the newest ops have made the text", () => {
    fc.assert(
      fc.property(anyOps, fc.nat(40), (ops, start) => {
        const from = Math.min(start, ops.length);
        const delta = ops.slice(from).reduce((sum, op) => sum + lengthDelta(op), 0);
        expect(historyOf(ops).deltaSince(from)).toBe(delta);
      }),
    );
  });

  it("[OT5] carries an op over the newest ones as transforming by each in turn does", () => {
    fc.assert(
      fc.property(anyOp(LENGTH), anyOps, fc.nat(40), (op, ops, start) => {
        const from = Math.min(start, ops.length);
        const expected = ops.slice(from).reduce((late, by) => transformOp(late, by, "right"), op);
        expect(historyOf(ops).carry(op, from)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves nothing of a delete that others have made, whatever they insert there", () => {
    expect(historyOf([[-5], ["abc"], [1, "d"]]).carry([-1], 0)).toEqual([]);
    expect(
      historyOf([
        [2, -5],
        [2, "abc"],
      ]).carry([3, -2], 0),
    ).toEqual([]);
  });

  it("forgets the oldest", () => {
    const ops: Op[] = [
      [1, "a"],
      [2, -1],
      [1, "b", -1],
      [4, "c"],
    ];
    const history = historyOf(ops);
    history.dropFirst(2);
    history.push([7, "d"]);
    expect(history.length).toBe(3);
    expect([history.at(0), history.at(1), history.at(2)]).toEqual([...ops.slice(2), [7, "d"]]);
    expect(history.deltaSince(0)).toBe(2);
  });
});
