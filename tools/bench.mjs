// Bundles the benchmark and runs it. Arguments name groups: npm run bench -- ot
import { spawnSync } from "node:child_process";

const build = spawnSync(
  "npx",
  ["vite", "build", "--ssr", "test/bench/main.ts", "--outDir", "dist/bench", "--logLevel", "warn"],
  { stdio: "inherit" },
);
if (build.status !== 0) process.exit(build.status ?? 1);
const run = spawnSync(
  process.execPath,
  ["--expose-gc", "dist/bench/main.js", ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
