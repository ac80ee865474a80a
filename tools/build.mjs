// Builds what is missing or stale of dist/. Run by itself it builds all; `ensureBuilt` is for others.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

// Looked for, since the benchmark bundles this file into dist/.
let root = path.dirname(fileURLToPath(import.meta.url));
while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);

const shared = ["common", "package-lock.json", "vite.config.ts"];

/** What each half is made of, and how. */
const targets = {
  app: { sources: [...shared, "src", "public", "index.html"], args: ["build"] },
  host: {
    sources: [...shared, "container"],
    args: ["build", "--ssr", "container/node/main.ts", "--outDir", "dist/host"],
  },
};

/** Brings the named halves of dist/ up to date. A second call, in any process, finds nothing to do. */
export async function ensureBuilt(names = Object.keys(targets)) {
  if (names.every(isFresh)) return;
  const unlock = await lock();
  try {
    for (const name of names.filter((name) => !isFresh(name))) build(name);
  } finally {
    unlock();
  }
}

function build(name) {
  const { args } = targets[name];
  process.stderr.write(`Building the ${name} …\n`);
  const fingerprint = fingerprintOf(name);
  // In a process of its own: the bundler's memory must not stay with the host.
  const vite = path.join(root, "node_modules/vite/bin/vite.js");
  if (!existsSync(vite)) throw new Error("Tandem is not installed yet: run `npm ci` first.");
  const { status, error } = spawnSync(process.execPath, [vite, ...args, "--logLevel", "warn"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`The ${name} did not build.`, { cause: error });
  writeFileSync(stampOf(name), fingerprint);
}

function isFresh(name) {
  try {
    return readFileSync(stampOf(name), "utf8") === fingerprintOf(name);
  } catch {
    return false; // No stamp: never built.
  }
}

function stampOf(name) {
  return path.join(root, "dist", `${name}.stamp`);
}

/** Changes whenever a source is added, removed, or written to. */
function fingerprintOf(name) {
  const hash = createHash("sha256");
  for (const file of targets[name].sources.flatMap(filesBelow).toSorted()) {
    const { size, mtimeMs } = statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function filesBelow(source) {
  const stat = statSync(path.join(root, source), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [source];
  return readdirSync(path.join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** Waits until no other process builds. A lock whose owner has died is taken over. */
async function lock() {
  const file = path.join(root, "dist", "build.lock");
  mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld(file)) rmSync(file, { force: true });
    await delay(100);
  }
}

function isHeld(file) {
  try {
    process.kill(Number(readFileSync(file, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

if (path.basename(process.argv[1] ?? "") === "build.mjs") {
  await ensureBuilt().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
