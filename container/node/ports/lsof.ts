import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { OpenPort } from "../../platform.ts";
import { mergePorts, type ListPorts } from "./listing.ts";

const execute = promisify(execFile);

/** Lists ports by `lsof`, and asks `ps` whose they are: for systems without `/proc`. */
export function lsofListing(replId: string): ListPorts {
  return async () => {
    const listening = parseLsof(await outputOf("lsof", ["-nP", "-iTCP", "-sTCP:LISTEN", "-Fpn"]));
    const pids = [...new Set(listening.map(({ pid }) => pid))];
    if (pids.length === 0) return [];
    const args = ["-Eww", "-o", "pid=,command=", "-p", pids.join(",")];
    const ours = new Map<number, string[]>();
    for (const line of (await outputOf("ps", args)).split("\n")) {
      const [pid = "", ...words] = line.trim().split(/\s+/);
      if (words.includes(`REPL_ID=${replId}`)) ours.set(Number(pid), words.slice(0, 1));
    }
    return mergePorts(
      listening.flatMap((port) => {
        const command = ours.get(port.pid);
        return command === undefined ? [] : [{ ...port, command }];
      }),
    );
  };
}

/** Reads `-F` output: a line `p` for each process, and a line `n` for each socket of it. */
export function parseLsof(output: string): (OpenPort & { readonly pid: number })[] {
  const ports: (OpenPort & { readonly pid: number })[] = [];
  let pid = 0;
  for (const line of output.split("\n")) {
    if (line.startsWith("p")) pid = Number(line.slice(1));
    const socket = /^n(.*):(\d+)$/.exec(line);
    if (socket === null) continue;
    const address = (socket[1] ?? "").replace(/^\[|\]$/g, "");
    ports.push({ port: Number(socket[2]), address: address === "*" ? "0.0.0.0" : address, pid });
  }
  return ports;
}

/** What a program prints; both end with an error when they find nothing. */
async function outputOf(program: string, args: readonly string[]): Promise<string> {
  return execute(program, [...args]).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? "",
  );
}
