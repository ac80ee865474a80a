import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants, open } from "node:fs/promises";
import { constants as os } from "node:os";
import { join } from "node:path";
import { RequestError } from "#common/lib/errors.ts";
import type { Process, ProcessExit } from "../platform.ts";
import type { Start } from "./pipedProcess.ts";
import type { OpenPty, Pty } from "./pty.ts";
import { signalSession } from "./session.ts";

/**
 * Leads the session of each terminal. It tells the exit code as the last thing in the output, where
 * it can neither overtake output nor be lost: libraries tell it by another way, which loses the tail
 * of the output, waits for background jobs, or says -1 for every signal. Then it stops, so that the
 * device stays open until all has been read. It outlives signals meant for the program.
 */
function supervisor(nonce: string, pipeMode: boolean): string {
  return [
    "trap : HUP INT QUIT TERM",
    ...(pipeMode ? [`stty ${STTY.pipe.join(" ")}`] : []),
    '"$@"',
    "code=$?",
    // With `stty tostop`, a terminal would otherwise refuse what is said in the background.
    "trap '' TTOU",
    // Nobody is there to hear it, nor to let it go on, once the terminal has been hung up.
    `printf '\\033]7879;${nonce};%d\\033\\\\' $code && kill -STOP $$`,
  ].join("\n");
}

/** Input that may wait for a program which does not read; what comes on top is dropped. */
const MAX_QUEUED_INPUT_BYTES = 4 * 1024 * 1024;
/** How long after the death of the supervisor itself its output may still arrive. */
const LEADER_GRACE_MS = 500;

/** Arguments of stty for the modes of `Process.setMode`. */
const STTY = {
  sane: ["sane"],
  // Protocol 3.17: raw, but for CR on input, and signals.
  pipe: ["raw", "-echo", "isig", "icrnl"],
} as const;

/** Starts a program as the foreground of a terminal of its own. */
export function startInPty(
  openPty: OpenPty,
  start: Start & { cols: number; rows: number; pipeMode?: boolean },
): Process {
  const { file, args, env, cwd, cols, rows } = start;
  const nonce = randomBytes(8).toString("hex");
  const pty = openPty({
    file: "/bin/sh",
    args: ["-c", supervisor(nonce, start.pipeMode ?? false), "sh", file, ...args],
    env,
    cwd,
    cols,
    rows,
  });
  const farewell = new Farewell(nonce);
  let ended = false;

  const inPty: Process = {
    pid: pty.pid,
    onOutput: () => {},
    onExit: () => {},
    write: (bytes) => {
      if (!ended && pty.queuedBytes < MAX_QUEUED_INPUT_BYTES) pty.write(bytes);
    },
    endInput: () => {},
    resize: (newCols, newRows) => void (ended || pty.resize(newCols, newRows)),
    setMode: (mode) => (ended ? Promise.resolve() : stty(pty, STTY[mode])),
    pause: () => void (ended || pty.pause()),
    resume: () => void (ended || pty.resume()),
    kill: (signal) => {
      if (!ended) signalSession(pty.pid, signal, { spareLeader: true });
    },
  };
  const finish = (exit: ProcessExit): void => {
    if (ended) return;
    ended = true;
    // Jobs in the background are told, as by any terminal that closes; `nohup` survives it.
    signalSession(pty.pid, "SIGHUP", { spareLeader: true });
    signalSession(pty.pid, "SIGCONT", { spareLeader: true });
    killQuietly(pty.pid);
    pty.destroy();
    inPty.onExit(exit);
  };
  // Somebody has killed the supervisor too: 137 is what it would have said of itself.
  const finishKilled = (): void => finish({ code: 128 + os.signals.SIGKILL });
  pty.onData = (chunk) => {
    if (ended) return;
    const { output, code } = farewell.push(chunk);
    if (output.length > 0) inPty.onOutput(output);
    if (code !== undefined) finish({ code });
  };
  pty.onLeaderExit = () => {
    if (ended) return;
    pty.resume();
    setTimeout(finishKilled, LEADER_GRACE_MS);
  };
  pty.onClose = finishKilled;
  return inPty;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended already, which is what we want.
  }
}

async function stty(pty: Pty, args: readonly string[]): Promise<void> {
  const device = await open(await deviceOf(pty.pid), constants.O_RDWR | constants.O_NOCTTY);
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn("stty", args, { stdio: [device.fd, "ignore", "ignore"] });
      child.on("error", reject);
      child.on("exit", (code) => {
        if (code === 0) resolve();
        else reject(new RequestError("failed", `stty ended with ${code}`));
      });
    });
  } finally {
    await device.close();
  }
}

async function deviceOf(pid: number): Promise<string> {
  if (process.platform === "linux") return `/proc/${pid}/fd/0`;
  return new Promise((resolve, reject) => {
    execFile("ps", ["-o", "tty=", "-p", String(pid)], (error, stdout) => {
      if (error === null) resolve(join("/dev", stdout.trim()));
      else reject(error);
    });
  });
}

const ESCAPE = 0x1b;

/** Takes the supervisor's last words out of the output, however they are cut into chunks. */
class Farewell {
  readonly #prefix: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(nonce: string) {
    this.#prefix = Buffer.from(`\x1b]7879;${nonce};`, "latin1");
  }

  push(chunk: Buffer): { readonly output: Buffer; readonly code?: number } {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const at = bytes.indexOf(this.#prefix);
    if (at >= 0) {
      const from = at + this.#prefix.length;
      const end = bytes.indexOf("\x1b\\", from);
      if (end < 0) return this.#hold(bytes, at);
      return { output: bytes.subarray(0, at), code: Number(bytes.toString("latin1", from, end)) };
    }
    const escape = bytes.lastIndexOf(ESCAPE);
    if (
      escape > bytes.length - this.#prefix.length &&
      this.#prefix.indexOf(bytes.subarray(escape)) === 0
    ) {
      return this.#hold(bytes, escape);
    }
    this.#held = Buffer.alloc(0);
    return { output: bytes };
  }

  #hold(bytes: Buffer, from: number): { readonly output: Buffer } {
    this.#held = bytes.subarray(from);
    return { output: bytes.subarray(0, from) };
  }
}
