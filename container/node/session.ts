import { readdirSync, readFileSync } from "node:fs";

/**
 * Signals every process of the session that `leader` leads, the leader itself only when it is not
 * `spared`. Process groups are not enough: a shell gives each of its jobs a group of its own.
 */
export function signalSession(
  leader: number,
  signal: NodeJS.Signals,
  options: { readonly spareLeader: boolean },
): void {
  const members = sessionMembers(leader);
  if (members === undefined) {
    trySignal(-leader, signal);
    return;
  }
  for (const pid of members) {
    if (pid !== leader || !options.spareLeader) trySignal(pid, signal);
  }
}

/** Processes of a session, or undefined where the system does not tell (no `/proc`). */
function sessionMembers(leader: number): number[] | undefined {
  if (process.platform !== "linux") return undefined;
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && sessionOf(pid) === leader);
}

function sessionOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // "pid (name) state parent group session …"; the name may hold spaces and parentheses.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ", 4)[3]);
  } catch {
    return undefined; // It has ended since the list was read.
  }
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Ended meanwhile, or another user's (`sudo` in the terminal): nothing that we can do.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}
