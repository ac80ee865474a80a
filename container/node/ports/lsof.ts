import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { OpenPort } from "../../platform.ts";
import { mergePorts, type ListPorts } from "./listing.ts";

const execute = promisify(execFile);

type Listening = OpenPort & { readonly pid: number };

/** Runs a program and gives what it prints. */
export type RunTool = (program: string, args: readonly string[]) => Promise<string>;

/** Lists ports by `lsof`, and asks `ps` whose they are: for systems without `/proc`. */
export function lsofListing(replId: string, run: RunTool = outputOf): ListPorts {
  return async () => {
    const listening = parseLsof(await run("lsof", ["-nP", "-iTCP", "-sTCP:LISTEN", "-Fptn"]));
    const pids = [...new Set(listening.map(({ pid }) => pid))];
    if (pids.length === 0) return [];
    const args = ["-Eww", "-o", "pid=,command=", "-p", pids.join(",")];
    const commands = parsePs(await run("ps", args), `REPL_ID=${replId}`);
    return mergePorts(
      listening.flatMap((port) => {
        const command = commands.get(port.pid);
        return command === undefined ? [] : [{ ...port, command }];
      }),
    );
  };
}

/**
 * Reads `-F` output, a field a line: `p` begins a process and `f` a socket of it, of which `t` is the
 * family and `n` the address.
 */
function parseLsof(output: string): Listening[] {
  const ports: Listening[] = [];
  let pid = 0;
  let any = "0.0.0.0";
  for (const line of output.split("\n")) {
    const value = line.slice(1);
    if (line.startsWith("p")) pid = Number(value);
    else if (line.startsWith("t")) any = value === "IPv6" ? "::" : "0.0.0.0";
    const [, host, port] = /^n(.*):(\d+)$/.exec(line) ?? [];
    if (host === undefined) continue;
    const address = host === "*" ? any : host.replace(/^\[|\]$/g, "");
    ports.push({ port: Number(port), address, pid });
  }
  return ports;
}

/**
 * The command lines of the processes whose environment has `mark`. `ps -E` prints the environment after
 * the arguments, with nothing in between: what looks like the first variable ends the command.
 */
function parsePs(output: string, mark: string): Map<number, readonly string[]> {
  const commands = new Map<number, readonly string[]>();
  for (const line of output.split("\n")) {
    const [pid = "", ...words] = line.trim().split(/\s+/);
    if (!words.includes(mark)) continue;
    const end = words.findIndex((word) => /^[A-Za-z_]\w*=/.test(word));
    commands.set(Number(pid), words.slice(0, end));
  }
  return commands;
}

/** What a program prints; both end with an error when they find nothing. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  return execute(program, [...args]).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
}
