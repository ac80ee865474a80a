import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { systemCode } from "./fileError.ts";
import { writeOwnFile } from "./ownFile.ts";

/** Where data of programs goes on this machine, when nothing else is said. */
export function defaultHome(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  userHome: string = os.homedir(),
): string {
  const { TANDEM_HOME: chosen, XDG_DATA_HOME: xdg, APPDATA: appData } = env;
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  if (platform === "darwin") {
    return path.join(userHome, "Library", "Application Support", "Tandem");
  }
  if (platform === "win32") {
    return path.join(appData || path.join(userHome, "AppData", "Roaming"), "Tandem");
  }
  // A relative XDG_DATA_HOME is to be ignored, says its specification.
  const dataHome =
    xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(userHome, ".local", "share");
  return path.join(dataHome, "tandem");
}

/**
 * The folder in which a host keeps all that is its own: its key, the sample project, and per repl
 * its invites, history and, when a token made it, its files. At most one host has it at a time.
 */
export class Home {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Creates what is missing and takes the lock, or says in a sentence who has it. */
  static async open(directory: string): Promise<Result<Home, string>> {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const home = new Home(directory);
    const holder = home.#holder();
    if (holder !== undefined && (await isRunning(holder))) return fail(takenBy(holder, directory));
    rmSync(home.#lockFile, { force: true });
    try {
      // Exclusive: of two hosts that start at once, one finds the file there.
      const content = JSON.stringify({ pid: process.pid });
      writeFileSync(home.#lockFile, content, { flag: "wx", mode: 0o600 });
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
      return fail(takenBy(home.#holder(), directory));
    }
    return ok(home);
  }

  get keyFile(): string {
    return path.join(this.directory, "host.key");
  }

  get sampleFolder(): string {
    return path.join(this.directory, "sample");
  }

  replFolder(id: string): string {
    return path.join(this.directory, "repls", id);
  }

  /** Tells the next host where this one answers. */
  announce(url: string): void {
    writeOwnFile(this.#lockFile, JSON.stringify({ pid: process.pid, url }));
  }

  /** Lets the next host in. */
  release(): void {
    if (this.#holder()?.pid === process.pid) rmSync(this.#lockFile, { force: true });
  }

  get #lockFile(): string {
    return path.join(this.directory, "host.lock");
  }

  #holder(): Holder | undefined {
    try {
      return JSON.parse(readFileSync(this.#lockFile, "utf8")) as Holder;
    } catch {
      return undefined; // Nobody, or a lock that a crash cut short.
    }
  }
}

/** Who has the lock; `url` once it answers requests. */
interface Holder {
  readonly pid: number;
  readonly url?: string;
}

function takenBy(holder: Holder | undefined, directory: string): string {
  const who = holder === undefined ? "" : ` (process ${holder.pid})`;
  const where = holder?.url === undefined ? "" : ` at ${holder.url}`;
  return (
    `Tandem is already running with the home ${directory}${where}${who}. ` +
    "Stop it first, or give this one another home with --home."
  );
}

/** A host that was killed leaves its lock behind, and its pid may by now be another program's. */
async function isRunning({ pid, url }: Holder): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false;
  if (url === undefined) return true;
  try {
    const answer = await fetch(new URL("api/host", url), { signal: AbortSignal.timeout(2000) });
    return ((await answer.json()) as { pid?: unknown }).pid === pid;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError";
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
