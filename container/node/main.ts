import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf } from "#common/lib/errors.ts";
import { parseCommandLine, usage, type HostOptions } from "./cli.ts";
import { startHost } from "./host.ts";
import { createStderrLogger } from "./log.ts";
import { openBrowser } from "./openBrowser.ts";

/** Two levels up, both from the sources and from the build. */
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Exit codes: something failed; the command line makes no sense. */
const FAILED = 1;
const MISUSED = 2;

const request = parseCommandLine(process.argv.slice(2));
if (!request.ok) {
  exit(MISUSED, `${request.error} See \`npm start -- --help\`.`);
} else {
  switch (request.value.kind) {
    case "help":
      process.stdout.write(usage);
      break;
    case "version":
      process.stdout.write(`${version()}\n`);
      break;
    case "host":
      await run(request.value.options);
      break;
  }
}

async function run(options: HostOptions): Promise<void> {
  const log = createStderrLogger(options.logLevel);
  const started = await startHost(options, { root, version: version(), log }).catch(
    (error: unknown) => exit(FAILED, `Tandem could not start: ${messageOf(error)}`),
  );
  if (!started.ok) return exit(FAILED, started.error);
  const host = started.value;
  process.stdout.write(`\n  Tandem is ready:  ${host.link}\n\n`);
  if (options.openBrowser && process.stdout.isTTY) openBrowser(host.link);

  let closing = false;
  const stop = (): void => {
    // A second Ctrl+C means now.
    if (closing) process.exit(FAILED);
    closing = true;
    host.close().then(
      () => process.exit(0),
      (error: unknown) => exit(FAILED, `Tandem did not stop cleanly: ${messageOf(error)}`),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}

function version(): string {
  return (JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as { version: string }).version;
}

function exit(code: number, message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
