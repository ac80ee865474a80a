// `npm run dev -- [folder] [options]`: Vite serves the app and reloads what changes of it; the host is
// built again and restarted on the same port whenever one of its sources changes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { build, createServer } from "vite";
import { ensureBuilt } from "./build.mjs";

await ensureBuilt(["host"]);
let host = await startHost(["--port", "0"]);
const { origin, hash } = new URL(host.link);
process.env.TANDEM_DEV_HOST = origin;

const vite = await createServer();
await vite.listen();
const [url] = vite.resolvedUrls.local;
process.stdout.write(`\n  Tandem is ready:  ${url}${hash}\n\n`);

const watcher = await build({
  logLevel: "warn",
  build: { ssr: "container/node/main.ts", outDir: "dist/host", watch: {} },
});
let isFirst = true;
watcher.on("event", async ({ code, error }) => {
  if (code === "ERROR") process.stderr.write(`${error.message}\n`);
  if (code !== "END") return;
  if (isFirst) {
    isFirst = false;
    return;
  }
  await host.stop();
  host = await startHost(["--port", new URL(origin).port]);
  process.stdout.write("The host has been restarted.\n");
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    void Promise.all([host.stop(), vite.close(), watcher.close()]).then(() => process.exit(0));
  });
}

/** Starts the host with the flags of this command line and those given, which win. */
async function startHost(flags) {
  const args = ["dist/host/main.js", ...process.argv.slice(2), "--no-open", ...flags];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const link = await new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const [found] = /http:\S+/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", () => reject(new Error("The host did not start.")));
  });
  return {
    link,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}
