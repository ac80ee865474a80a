import { defineConfig } from "@playwright/test";
import { findChromium } from "./tools/chromium.mjs";

const executablePath = findChromium();

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  // Each test has a host and browsers of its own: one at a time is what two cores carry.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  // They end what hangs, also where others keep the machine busy.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
