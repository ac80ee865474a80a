import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { randomOutput } from "#test/helpers/terminalOutput.ts";
import { createTerminal, feed, stateOf } from "#test/helpers/terminalState.ts";
import { OutputSkimmer } from "./skim.ts";

const COLS = 20;
const ROWS = 6;
const SCROLLBACK = 8;

/**
 * Sends one random stream to two terminals, whole to one and skimmed to the other, in chunks that
 * are cut anywhere. Returns how many characters were dropped; throws when the terminals differ.
 */
function compare(seed: number, wildness: number): number {
  const random = mulberry32(seed);
  const whole = createTerminal({ cols: COLS, rows: ROWS, scrollback: SCROLLBACK });
  const skimmed = createTerminal({ cols: COLS, rows: ROWS, scrollback: SCROLLBACK });
  const skimmer = new OutputSkimmer({ rows: ROWS, scrollbackLines: SCROLLBACK });
  let pushed = 0;
  let taken = 0;
  const takeAndCompare = (): void => {
    const rest = skimmer.take();
    taken += rest.length;
    feed(skimmed, rest);
    expect(stateOf(skimmed), `seed ${seed}`).toBe(stateOf(whole));
    expect(skimmer.settled).toBe(pushed);
    expect(skimmer.length).toBe(0);
  };
  for (let step = 0; step < 60; step++) {
    let text = "";
    const pieces = randomBelow(random, 20);
    for (let i = 0; i < pieces; i++) {
      // Tame stretches between wild ones: only they are dropped.
      const tame = step % 2 === 0 ? `line ${i}\r\n` : `line ${i}\x1b[3${i % 8}m\r\n`;
      text += random() < wildness ? randomOutput(random) : tame;
    }
    const cut = randomBelow(random, text.length + 1);
    for (const chunk of [text.slice(0, cut), text.slice(cut)]) {
      feed(whole, chunk);
      skimmer.push(chunk);
      pushed += chunk.length;
    }
    if (random() < 0.1) takeAndCompare();
  }
  takeAndCompare();
  whole.dispose();
  skimmed.dispose();
  return pushed - taken;
}

describe("the skimmer", () => {
  it("leaves every screen as the whole output would", () => {
    let dropped = 0;
    for (let seed = 1; seed <= 120; seed++) dropped += compare(seed, (seed % 10) / 20);
    expect(dropped).toBeGreaterThan(50_000);
  });
});
