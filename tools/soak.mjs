// Bundles what takes long on a real host (test/soak), and runs it.
//   npm run soak -- --kills 200    kills the host so many times while three people type
//   npm run soak -- --traces       replays recorded traces as two and as eight writers at once
import { spawnSync } from "node:child_process";

const build = spawnSync(
  "npx",
  ["vite", "build", "--ssr", "test/soak/main.ts", "--outDir", "dist/soak", "--logLevel", "warn"],
  { stdio: "inherit" },
);
if (build.status !== 0) process.exit(build.status ?? 1);
const run = spawnSync(process.execPath, ["dist/soak/main.js", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(run.status ?? 1);
