import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt } from "../../tools/build.mjs";

/** A host in a process of its own, as a user starts it. */
export interface RunningHost {
  /** What it printed for its user. */
  readonly link: string;
  /** Where it answers, without a slash at the end. */
  readonly origin: string;
  /** The owner's secret of the link. */
  readonly invite: string;
  readonly pid: number;
  /** Everything that it has written to standard error. */
  errors(): string;
  /** Asks its API, as whoever holds `invite` (the owner when missing). */
  api(
    path: string,
    init?: { readonly invite?: string; readonly headers?: object },
  ): Promise<Response>;
  /** A token for a role, as a browser gets it. */
  tokenFor(role: "owner" | "editor" | "viewer", guest?: string): Promise<string>;
  /** Ends it, and resolves with its exit code; null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Folders for one test: a home and a project, gone after it. */
export interface Scratch {
  readonly home: string;
  readonly folder: string;
  readonly root: string;
  remove(): void;
}

export function makeScratch(): Scratch {
  const root = mkdtempSync(join(tmpdir(), "tandem-host-"));
  const folder = join(root, "project");
  mkdirSync(folder);
  const home = join(root, "home");
  return { root, home, folder, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Runs the host with a command line to its end. */
export async function runHost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const { child, output, errors } = await launch(args, env);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output: output(), errors: errors() };
}

/** Starts a host, on any free port unless `defaults` say otherwise, and waits for its link. */
export async function startHost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  defaults: readonly string[] = ["--port", "0"],
): Promise<RunningHost> {
  const { child, output, errors } = await launch([...defaults, "--no-open", ...args], env);
  const link = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const [found] = /http:\S+/.exec(output()) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("close", (code) => reject(new Error(`host ended with ${code}: ${errors()}`)));
  });
  const { origin, hash } = new URL(link);
  const invite = hash.slice("#invite=".length);

  const host: RunningHost = {
    link,
    origin,
    invite,
    pid: child.pid ?? 0,
    errors,
    api: (path, { invite: shown = invite, headers = {} } = {}) =>
      fetch(`${origin}/api/${path}`, { headers: { Authorization: `Bearer ${shown}`, ...headers } }),
    async tokenFor(role, guest = role) {
      const links = (await (await host.api("invites")).json()) as Record<string, string>;
      const shown = new URL(links[role] ?? "").hash.slice("#invite=".length);
      const answer = await host.api("connection", {
        invite: shown,
        headers: { "X-Tandem-Guest": guest },
      });
      return ((await answer.json()) as { token: string }).token;
    },
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const ended = once(child, "close") as Promise<[number | null]>;
      child.kill(signal);
      return (await ended)[0];
    },
  };
  return host;
}

async function launch(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; output: () => string; errors: () => string }> {
  await ensureBuilt(["host"]);
  const child = spawn(process.execPath, ["dist/host/main.js", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const collected = { output: "", errors: "" };
  child.stdout.on("data", (chunk: Buffer) => (collected.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (collected.errors += chunk.toString()));
  return { child, output: () => collected.output, errors: () => collected.errors };
}
