import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Process, ProcessExit } from "../platform.ts";
import { signalSession } from "./session.ts";

/** A program that has been found, and all that it starts with. */
export interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly noInput?: boolean | undefined;
}

/**
 * More than a pipe or socket holds: once this much has come after the exit, what still comes is
 * from a background process that has inherited the pipe, and nobody waits for that one.
 */
const MAX_PIPE_BACKLOG_BYTES = 1024 * 1024;
/** A pipe that stays silent this long after the exit holds nothing of the program any more. */
const PIPE_SILENCE_MS = 100;

/** Starts a program on pipes, standard error merged into standard output in true order. */
export function startPiped({ file, args, env, cwd, noInput }: Start): Process {
  // The shell makes standard error the same open file as standard output, which is what keeps their
  // order true, and replaces itself by the program.
  const script = noInput === true ? 'exec "$@" 2>&1 </dev/null' : 'exec "$@" 2>&1';
  const child = spawn("/bin/sh", ["-c", script, "sh", file, ...args], {
    cwd,
    env: { ...env },
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  let exit: ProcessExit | undefined;
  let ended = false;
  let paused = false;
  let bytesSinceExit = 0;
  let silence: NodeJS.Timeout | undefined;

  const piped: Process = {
    pid: child.pid ?? 0,
    onOutput: () => {},
    onExit: () => {},
    write: (bytes) => void (child.stdin.writable && child.stdin.write(bytes)),
    endInput: () => void child.stdin.end(),
    resize: () => {},
    setMode: () => Promise.resolve(),
    pause: () => {
      paused = true;
      clearTimeout(silence);
      child.stdout.pause();
    },
    resume: () => {
      paused = false;
      child.stdout.resume();
      awaitSilence();
    },
    kill: (signal) => {
      if (exit === undefined) signalSession(piped.pid, signal, { spareLeader: false });
    },
  };
  // Background processes may hold the pipe long after the program has ended.
  const awaitSilence = (): void => {
    clearTimeout(silence);
    if (exit !== undefined && !paused) silence = setTimeout(finish, PIPE_SILENCE_MS);
  };
  const finish = (): void => {
    if (ended || exit === undefined) return;
    ended = true;
    clearTimeout(silence);
    child.stdout.destroy();
    child.stdin.destroy();
    piped.onExit(exit);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    if (ended) return;
    piped.onOutput(chunk);
    if (exit === undefined) return;
    bytesSinceExit += chunk.length;
    if (bytesSinceExit > MAX_PIPE_BACKLOG_BYTES) finish();
    else awaitSilence();
  });
  // A program that does not read its input closes it: no error of ours.
  child.stdin.on("error", () => {});
  child.on("exit", (code, signal) => {
    exit =
      signal === null ? { code: code ?? 0 } : { code: 128 + constants.signals[signal], signal };
    awaitSilence();
  });
  child.on("close", finish);
  child.on("error", (error) => {
    exit ??= { code: 127 };
    piped.onOutput(Buffer.from(`${error.message}\n`));
    finish();
  });
  return piped;
}
