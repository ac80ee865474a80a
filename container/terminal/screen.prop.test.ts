import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { randomOutput } from "#test/helpers/terminalOutput.ts";
import { createTerminal, feed, stateOf } from "#test/helpers/terminalState.ts";
import { SCROLLBACK_LINES, Screen } from "./screen.ts";

const size = { cols: 20, rows: 6 };

function newTerminal(): ReturnType<typeof createTerminal> {
  return createTerminal({ ...size, scrollback: SCROLLBACK_LINES });
}

describe("a screen", () => {
  it("makes a joiner's terminal equal to that of one who was there all along", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = mulberry32(seed);
      const screen = new Screen(size);
      const there = newTerminal();
      for (let i = randomBelow(random, 80); i >= 0; i--) {
        const output = randomOutput(random);
        screen.write(output);
        feed(there, output);
      }
      // An unfinished sequence belongs to what comes next.
      screen.write("\x18");
      feed(there, "\x18");
      const joiner = newTerminal();
      feed(joiner, screen.snapshot());
      expect(stateOf(joiner), `seed ${seed}`).toBe(stateOf(there));
      // Nor do they differ in what cannot be seen yet.
      for (let i = 0; i < 20; i++) {
        const output = randomOutput(random);
        feed(joiner, output);
        feed(there, output);
      }
      expect(stateOf(joiner), `seed ${seed}, later`).toBe(stateOf(there));
      for (const terminal of [there, joiner, screen]) terminal.dispose();
    }
  });
});
