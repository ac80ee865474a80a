// Lives through many simulated worlds (test/sim), on all cores.
//   npm run sim -- --seeds 100000            the worlds 1 … 100,000
//   npm run sim -- --seeds 1000 --from 5000  those from 5,000 on
//   npm run sim -- --seed 42                 one world
//   npm run sim -- --seeds 1000 --jobs 1     on one core
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vite";

/** Failures after which nobody reads any more. */
const MAX_FAILURES = 10;

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    from: { type: "string" },
    seed: { type: "string" },
    jobs: { type: "string" },
  },
});
const from = Number(values.seed ?? values.from ?? 1);
const last = values.seed === undefined ? from + Number(values.seeds ?? 1000) - 1 : from;

const directory = mkdtempSync(join(tmpdir(), "tandem-sim-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
await build({
  configFile: false,
  logLevel: "error",
  // The bundle lies where no package can be found from.
  ssr: { noExternal: true },
  build: {
    ssr: "test/sim/main.ts",
    outDir: directory,
    rollupOptions: { output: { entryFileNames: "sim.mjs" } },
  },
});

const startMs = Date.now();
let passed = 0;
let failed = 0;
const cores = Math.min(Number(values.jobs ?? availableParallelism()), last - from + 1);
const children = Array.from({ length: cores }, (_, core) =>
  fork(join(directory, "sim.mjs"), [from + core, last, cores].map(String)),
);
for (const child of children) {
  child.on("message", ({ failure }) => {
    if (failure === undefined) passed++;
    else {
      failed++;
      process.stdout.write(`${failure}\n\n`);
    }
    if (failed === MAX_FAILURES) for (const other of children) other.kill();
    if ((passed + failed) % 1000 === 0) report();
  });
}
const codes = await Promise.all(
  children.map((child) => new Promise((resolve) => child.on("exit", resolve))),
);
report();
const crashed = failed < MAX_FAILURES && codes.some((code) => code !== 0);
if (crashed) process.stdout.write("a process ended before its last world\n");
process.exit(failed === 0 && !crashed ? 0 : 1);

function report() {
  const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
  process.stdout.write(`${passed} passed, ${failed} failed, ${seconds} s\n`);
}
