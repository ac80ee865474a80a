import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import type { Process, ProcessOptions, Processes } from "../platform.ts";
import { programEnvironment } from "./environment.ts";
import { createProcesses } from "./processes.ts";
import { loadNodePty, loadRuspty } from "./pty.ts";

const root = mkdtempSync(join(tmpdir(), "tandem-processes-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = { REPL_ID: "test-repl" };
const PTY = { cols: 80, rows: 24 };

interface Finished {
  readonly output: string;
  readonly code: number;
}

/** Starts a program and collects all that it says; `onOutput` sees the text so far. */
async function run(
  processes: Processes,
  options: ProcessOptions,
  onOutput: (text: string, process: Process) => void = () => {},
): Promise<Finished> {
  const process = await processes.spawn(options);
  const chunks: Uint8Array[] = [];
  return new Promise((resolve) => {
    process.onOutput = (chunk) => {
      chunks.push(chunk);
      onOutput(Buffer.concat(chunks).toString(), process);
    };
    process.onExit = ({ code }) => {
      resolve({ output: Buffer.concat(chunks).toString(), code });
    };
  });
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each([
  ["ruspty", loadRuspty],
  ["node-pty", loadNodePty],
])("a terminal by %s", (_name, load) => {
  let processes: Processes;
  beforeAll(async () => {
    processes = createProcesses({ root, env, log: silentLogger, openPty: await load() });
  });
  const sh = (script: string): ProcessOptions => ({ command: ["sh", "-c", script], pty: PTY });

  it("runs a program with its size, folder and environment", async () => {
    const { output, code } = await run(
      processes,
      sh("stty size; pwd; echo $TERM $COLORTERM $REPL_ID; tty -s"),
    );
    expect(output).toBe(`24 80\r\n${root}\r\nxterm-256color truecolor test-repl\r\n`);
    expect(code).toBe(0);
  });

  it("tells exit codes, and signals as 128 and their number", async () => {
    expect((await run(processes, sh("exit 3"))).code).toBe(3);
    expect((await run(processes, sh("kill -SEGV $$"))).code).toBe(139);
    expect((await run(processes, sh("kill -KILL $$"))).code).toBe(137);
  });

  it("says 137 when its supervisor is killed too", async () => {
    const { code } = await run(processes, sh("kill -KILL $PPID; exec sleep 60"));
    expect(code).toBe(137);
  });

  it("loses nothing at the end, however often", async () => {
    const tail = "x".repeat(70) + "\r\n";
    for (let i = 0; i < 60; i++) {
      const { output } = await run(processes, sh(`yes ${"x".repeat(70)} | head -n 900`));
      expect(output).toBe(tail.repeat(900));
    }
  });

  it("loses nothing when it is paused over the end", async () => {
    const process = await processes.spawn(sh("seq 1 400"));
    process.pause();
    const chunks: Uint8Array[] = [];
    process.onOutput = (chunk) => void chunks.push(chunk);
    const exited = new Promise((resolve) => (process.onExit = resolve));
    const child = join("/proc", String(process.pid), "task", String(process.pid), "children");
    // The program itself has ended and only the supervisor is left.
    await until(() => readFileSync(child, "latin1") === "");
    process.resume();
    await exited;
    expect(Buffer.concat(chunks).toString().split("\r\n")).toHaveLength(401);
  });

  it("blocks a program while it is paused", async () => {
    const file = join(root, "count");
    rmSync(file, { force: true });
    const count = (): number => (existsSync(file) ? Number(readFileSync(file, "latin1")) : 0);
    const process = await processes.spawn(
      sh(
        // It ends by itself, should the test be killed.
        `i=0; while [ $i -lt 9000 ]; do i=$((i+1)); echo $i > ${file}; echo ${"y".repeat(1000)}; done; sleep 60`,
      ),
    );
    process.pause();
    let last = 0;
    let unchanged = 0;
    await until(() => {
      const now = count();
      unchanged = now === last && now > 0 ? unchanged + 1 : 0;
      last = now;
      return unchanged > 100;
    });
    // What the device holds, and no more.
    expect(last).toBeLessThan(200);
    process.resume();
    await until(() => count() > 1000);
    const exited = new Promise((resolve) => (process.onExit = resolve));
    process.kill("SIGKILL");
    expect(await exited).toEqual({ code: 137 });
  });

  it("ends although a background job still has the terminal, and hangs that up", async () => {
    let job = 0;
    const { code } = await run(processes, { command: ["bash", "--norc"], pty: PTY }, (text, p) => {
      if (job === 0 && /[$#] $/.test(text)) {
        job = -1;
        p.write(Buffer.from("sleep 60 & echo job=$!; exit 4\r"));
      }
      job = Number(/job=(\d+)/.exec(text)?.[1] ?? job);
    });
    expect(code).toBe(4);
    expect(job).toBeGreaterThan(0);
    await until(() => !isAlive(job));
  });

  it("interrupts the program and not its supervisor", async () => {
    const script =
      "trap 'echo caught; exit 7' INT; echo ready; for i in $(seq 2000); do sleep 0.01; done";
    const { output, code } = await run(processes, sh(script), (text, process) => {
      if (text.endsWith("ready\r\n")) process.write(Buffer.from("\x03"));
    });
    expect(output).toContain("caught");
    expect(code).toBe(7);
  });

  it("resizes, and resets and changes the modes", async () => {
    const steps = [
      (process: Process) => {
        process.resize(100, 30);
        return process.setMode("sane");
      },
      (process: Process) => process.setMode("pipe"),
    ];
    const script = "stty -echo -icanon; for i in 1 2; do echo ready; read x; stty -a; done";
    const { output } = await run(processes, sh(script), (text, process) => {
      if (!text.endsWith("ready\r\n") && !text.endsWith("ready\n")) return;
      void steps
        .shift()?.(process)
        .then(() => process.write(Buffer.from("\r")));
    });
    const [, sane, pipe] = output.split("ready").map((part) => new Set(part.split(/[\s;]+/)));
    expect(output).toContain("rows 30; columns 100");
    expect([...(sane ?? [])]).toEqual(expect.arrayContaining(["icanon", "echo", "isig", "opost"]));
    expect([...(pipe ?? [])]).toEqual(
      expect.arrayContaining(["-icanon", "-echo", "isig", "-opost", "icrnl"]),
    );
  });

  it("refuses a program that is not there", async () => {
    await expect(processes.spawn({ command: ["no-such-tool"], pty: PTY })).rejects.toThrow(
      'exec: "no-such-tool": executable file not found in $PATH',
    );
  });
});

describe("a program on pipes", () => {
  const processes = createProcesses({ root, env, log: silentLogger });
  const sh = (script: string): ProcessOptions => ({ command: ["sh", "-c", script] });

  it("merges standard error in the order of writing", async () => {
    const script = "i=0; while [ $i -lt 200 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done";
    const expected = Array.from({ length: 200 }, (_, i) => `o${i}\ne${i}\n`).join("");
    expect(await run(processes, sh(script))).toEqual({ output: expected, code: 0 });
  });

  it("feeds and ends the input", async () => {
    const process = await processes.spawn({ command: ["cat"] });
    let output = "";
    process.onOutput = (chunk) => (output += Buffer.from(chunk).toString());
    const exited = new Promise((resolve) => (process.onExit = resolve));
    process.write(Buffer.from("one\n"));
    process.endInput();
    expect(await exited).toEqual({ code: 0 });
    expect(output).toBe("one\n");
  });

  it("tells signals as 128 and their number", async () => {
    expect((await run(processes, sh("kill -TERM $$"))).code).toBe(143);
  });

  it("does not wait for a background process that keeps the pipe", async () => {
    const { output, code } = await run(processes, sh("sleep 60 & echo $!; exit 5"));
    expect(code).toBe(5);
    process.kill(Number(output));
  });

  it("signals the whole group", async () => {
    let job = 0;
    const { code } = await run(processes, sh("sleep 60 & echo $!; wait"), (text, p) => {
      job = Number(text);
      p.kill("SIGTERM");
    });
    expect(code).toBe(143);
    await until(() => !isAlive(job));
  });

  it("tells what cannot be started", async () => {
    await expect(processes.spawn({ command: ["no-such-tool"] })).rejects.toThrow(/not found/);
    await expect(processes.spawn({ command: ["./nothing"] })).rejects.toThrow(/not found/);
    writeFileSync(join(root, "plain.txt"), "text");
    await expect(processes.spawn({ command: ["./plain.txt"] })).rejects.toThrow(
      "permission denied",
    );
  });

  it("passes every command through the sandbox", async () => {
    const caged = createProcesses({
      root,
      env,
      log: silentLogger,
      sandbox: (command) => ["env", "CAGED=yes", ...command],
    });
    const command = ["sh", "-c", "echo $CAGED"] as const;
    expect((await run(caged, { command })).output).toBe("yes\n");
    expect((await run(caged, { command, pty: PTY })).output).toBe("yes\r\n");
  });
});

describe("the environment of programs", () => {
  it("keeps the user's and drops the host's own", () => {
    const host = {
      HOME: "/home/ada",
      PATH: "/srv/app/node_modules/.bin:/usr/local/bin:/usr/bin",
      LANG: "de_DE.ISO-8859-1",
      LC_ALL: "C",
      TMUX: "/tmp/tmux",
      npm_lifecycle_event: "start",
      npm_config_cache: "/x",
      TANDEM_HOME: "/secret",
      TANDEM_KEY: "secret",
    };
    expect(programEnvironment(host, { REPL_ID: "r1", HOME: "/r1" })).toEqual({
      HOME: "/r1",
      PATH: "/usr/local/bin:/usr/bin",
      LANG: "C.UTF-8",
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
      REPL_ID: "r1",
    });
  });

  it("leaves a UTF-8 locale and a PATH of the user's alone", () => {
    const host = { PATH: "/p/node_modules/.bin:/usr/bin", LANG: "de_DE.UTF-8" };
    const result = programEnvironment(host, {});
    expect(result["LANG"]).toBe("de_DE.UTF-8");
    expect(result["PATH"]).toBe("/p/node_modules/.bin:/usr/bin");
  });
});
