// Finds a Chromium for the browser tests, or installs one by the way that works on this machine.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The path of a Chromium on this machine, or undefined. */
export function findChromium() {
  return places.find((place) => place !== undefined && existsSync(place));
}

/**
 * The path of a Chromium, installing it when there is none: with apt-get as root on Debian and its
 * relatives, else with Playwright's own download (then undefined: Playwright knows its own).
 */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const packages = ["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"];
    spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit", env });
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
      stdio: "inherit",
      env,
    });
    const installed = findChromium();
    if (installed !== undefined) return installed;
  }
  execFileSync("npx", ["playwright", "install", "chromium"], { stdio: "inherit" });
  return undefined;
}
