import { parseArgs } from "node:util";
import { messageOf } from "#common/lib/errors.ts";
import { surviveKills } from "./kills.ts";

// What takes too long for every test run, on a real host: npm run soak -- --kills 200
const { values } = parseArgs({
  options: { kills: { type: "string" }, seed: { type: "string", default: "1" } },
});

const startMs = performance.now();
try {
  if (values.kills !== undefined) {
    const kills = Number(values.kills);
    const { packets, characters } = await surviveKills(kills, Number(values.seed), (kill) => {
      if (kill % 20 === 0) say(`${kill} kills`);
    });
    say(`${kills} kills survived: ${packets} packets, ${characters} characters`);
  }
  process.exit(0);
} catch (error) {
  say(`failed: ${messageOf(error)}`);
  process.exit(1);
}

function say(text: string): void {
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  process.stdout.write(`${text}, ${seconds} s\n`);
}
