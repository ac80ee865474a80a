// Every check and test there is, on a fresh machine too. Ends with one line: `N passed, N failed`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { ensureChromium } from "./chromium.mjs";

const results = "test-results";
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

let passed = 0;
let failed = 0;

/** Runs one command to its end; a step without a count of its own counts as one test. */
function step(name, command, args, env = {}, count = () => undefined) {
  process.stdout.write(`\n— ${name}\n`);
  const startMs = Date.now();
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  const counted = count();
  if (counted === undefined) {
    if (status === 0) passed += 1;
    else failed += 1;
  } else {
    passed += counted.passed;
    // A runner that fails without a failed test (a crash, an unhandled error) is a failure too.
    failed += counted.failed === 0 && status !== 0 ? 1 : counted.failed;
  }
  process.stdout.write(
    `— ${name}: ${status === 0 ? "ok" : "FAILED"}, ${((Date.now() - startMs) / 1000).toFixed(1)} s\n`,
  );
  return status === 0;
}

function vitestCount() {
  const file = `${results}/vitest.json`;
  if (!existsSync(file)) return undefined;
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return { passed: numPassedTests, failed: Math.max(numFailedTests, numFailedTestSuites) };
}

function playwrightCount() {
  const file = `${results}/playwright.json`;
  if (!existsSync(file)) return undefined;
  const { stats } = JSON.parse(readFileSync(file, "utf8"));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
}

const chromium = ensureChromium();
const browser = chromium === undefined ? {} : { CHROMIUM: chromium };

step("generated code is current", "npm", ["run", "--silent", "gen:check"]);
for (const check of ["types", "lint", "bounds", "dead", "format:check"]) {
  step(check, "npm", ["run", "--silent", check]);
}
step(
  "unit, property, contract and simulation tests",
  "npx",
  [
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}/vitest.json`,
  ],
  {},
  vitestCount,
);
if (step("build", "npm", ["run", "--silent", "build"])) {
  step(
    "browser tests",
    "npx",
    ["playwright", "test", "--reporter=list,json"],
    { ...browser, PLAYWRIGHT_JSON_OUTPUT_NAME: `${results}/playwright.json` },
    playwrightCount,
  );
}

process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
