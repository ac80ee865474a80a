import { expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import type { DocumentState } from "../services/ot.ts";
import { StateTeller } from "./stateTeller.ts";

function start() {
  const clock = new FakeClock();
  const told: DocumentState[] = [];
  return { clock, told, teller: new StateTeller(clock, (state) => told.push(state)) };
}

it("says nothing of an edit that is acknowledged at once, and counts those that are not", () => {
  const { clock, told, teller } = start();
  teller.tell({ kind: "live", unsent: 0 });
  teller.tell({ kind: "live", unsent: 1 });
  teller.tell({ kind: "live", unsent: 0 });
  clock.advance(1000);
  expect(told).toEqual([{ kind: "live", unsent: 0 }]);
  teller.tell({ kind: "live", unsent: 1 });
  teller.tell({ kind: "live", unsent: 2 });
  clock.advance(1000);
  expect(told.slice(1)).toEqual([{ kind: "live", unsent: 2 }]);
  teller.tell({ kind: "live", unsent: 0 });
  expect(told.slice(2)).toEqual([{ kind: "live", unsent: 0 }]);
});

it("tells each new reason why a text has failed, once", () => {
  const { told, teller } = start();
  const states = ["one", "one", "two"].map(
    (message) => ({ kind: "failed", message, unsent: 0 }) as const,
  );
  for (const state of states) teller.tell(state);
  expect(told).toEqual([states[0], states[2]]);
});
