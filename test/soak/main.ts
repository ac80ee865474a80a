import { parseArgs } from "node:util";
import { messageOf } from "#common/lib/errors.ts";
import { makeScratch, startHost } from "#test/helpers/host.ts";
import { loadTrace } from "../bench/traces.ts";
import { surviveKills } from "./kills.ts";
import { replayTogether } from "./traces.ts";

// What takes too long for every test run, on a real host.
const { values } = parseArgs({
  options: {
    kills: { type: "string" },
    seed: { type: "string", default: "1" },
    traces: { type: "boolean", default: false },
  },
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
  if (values.traces) await replayTraces();
  process.exit(0);
} catch (error) {
  say(`failed: ${messageOf(error)}`);
  process.exit(1);
}

async function replayTraces(): Promise<void> {
  const scratch = makeScratch();
  const host = await startHost(["--home", scratch.home, scratch.folder]);
  try {
    for (const name of ["sveltecomponent", "json-crdt-blog-post", "automerge-paper"] as const) {
      for (const writers of [2, 8]) {
        const trace = loadTrace(name);
        const replay = { host, folder: scratch.folder, trace, writers };
        const { packets, characters } = await replayTogether(replay);
        const edits = (trace.patches.length * writers).toLocaleString("en");
        const total = packets.reduce((sum, each) => sum + each, 0).toLocaleString("en");
        say(`${name} by ${writers}: ${edits} edits, ${total} packets, ${characters} characters`);
      }
    }
  } finally {
    await host.stop();
    scratch.remove();
  }
}

function say(text: string): void {
  const seconds = ((performance.now() - startMs) / 1000).toFixed(0);
  process.stdout.write(`${text}, ${seconds} s\n`);
}
