import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { State } from "#common/wire/enums.ts";
import { run } from "#container/services/run.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";
import { TestTerminal } from "#test/helpers/testTerminal.ts";

const { Running, Stopped } = State;

async function start(files: Readonly<Record<string, string>>) {
  const repl = await startDiskRepl([run]);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(repl.root, name), content);
  }
  const open = async (token?: string) =>
    TestTerminal.open(await repl.join(token), "shellrun2", "shellrunner");
  const terminal = await open();
  await terminal.prompt();
  return { repl, open, terminal };
}

async function ask(terminal: TestTerminal, what: "runMain" | "clear") {
  const body =
    what === "runMain"
      ? ({ case: "runMain", value: {} } as const)
      : ({ case: "clear", value: {} } as const);
  return (await terminal.client.request(terminal.id, body)).body;
}

function stopped(terminal: TestTerminal): Promise<void> {
  return terminal.until(() => terminal.others.some(({ case: name }) => name === "exitCodeEvent"));
}

function exitCode(terminal: TestTerminal): unknown {
  return terminal.others.find(({ case: name }) => name === "exitCodeEvent")?.value;
}

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
function isAlive(pid: string): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    return false;
  }
}

describe("the console", () => {
  it("[RU1] runs the program, and [RU6] tells how it ended", async () => {
    const { terminal } = await start({ ".replit": 'run = "echo hello; exit 3"' });
    expect((await ask(terminal, "runMain")).case).toBe("ok");
    await stopped(terminal);
    expect(terminal.states).toEqual([Stopped, Running, Stopped]);
    expect(terminal.output).toContain(
      "\x1b[H\x1b[2J\x1b[3J\x1b[33m\uEEA7\x1b[m echo hello; exit 3\r\nhello\r\n",
    );
    expect(terminal.output).toMatch(/\[exited with 3 · \d+\.\d\d s\]/);
    expect(terminal.others).toMatchObject([
      { case: "execInfo", value: { reason: "the run line of .replit" } },
      { case: "exitCodeEvent", value: 3 },
    ]);
    await terminal.prompt();
    terminal.type("echo $((6 * 7))\r");
    await terminal.shows("42\r\n");
  });

  it("[RU8] tells who comes later what ran and how it ended", async () => {
    const { open, terminal } = await start({ ".replit": 'run = "exit 4"' });
    await ask(terminal, "runMain");
    await stopped(terminal);
    const late = await open();
    await stopped(late);
    expect(late.states).toEqual([Stopped]);
    expect(late.others).toMatchObject([
      { case: "execInfo", value: { reason: "the run line of .replit" } },
      { case: "exitCodeEvent", value: 4 },
    ]);
  });

  it("[RU6] names the signal that ended a program", async () => {
    const { terminal } = await start({ ".replit": 'run = ["sh", "-c", "kill -SEGV $$"]' });
    await ask(terminal, "runMain");
    await terminal.shows("[exited with 139 (SIGSEGV) · ");
    await stopped(terminal);
    expect(exitCode(terminal)).toBe(139);
  });

  it("[RU3] says when there is nothing to run, or it cannot be read", async () => {
    const { repl, terminal } = await start({});
    expect(await ask(terminal, "runMain")).toMatchObject({
      case: "error",
      value: expect.stringMatching(/^nothing to run: add a file \.replit/) as string,
    });
    await terminal.shows("nothing to run");
    writeFileSync(join(repl.root, ".replit"), 'run = "echo\nlanguage = 1');
    expect(await ask(terminal, "runMain")).toMatchObject({
      value: expect.stringMatching(/^\.replit, line 1: /) as string,
    });
    writeFileSync(join(repl.root, ".replit"), 'run = ["no-such-tool"]');
    expect(await ask(terminal, "runMain")).toMatchObject({
      value: expect.stringMatching(/not found/) as string,
    });
    expect(terminal.states.every((state) => state === Stopped)).toBe(true);
  });

  it("[RU4] starts anew when it is run again", async () => {
    const { terminal } = await start({ ".replit": 'run = "echo run $$; sleep 30"' });
    await ask(terminal, "runMain");
    await terminal.shows(/\nrun \d+/);
    const first = /\nrun (\d+)/.exec(terminal.output)?.[1];
    await ask(terminal, "runMain");
    await terminal.until(() => [...terminal.output.matchAll(/\nrun \d+/g)].length === 2);
    expect(terminal.states).toEqual([Stopped, Running, Stopped, Running]);
    expect(isAlive(first ?? "")).toBe(false);
  });

  it("[RU5] stops a program with all that it has started", async () => {
    const { terminal } = await start({ ".replit": 'run = "sleep 31 & echo job $!; sleep 32"' });
    await ask(terminal, "runMain");
    await terminal.shows(/\njob \d+/);
    const job = /\njob (\d+)/.exec(terminal.output)?.[1];
    expect((await ask(terminal, "clear")).case).toBe("ok");
    await stopped(terminal);
    expect(terminal.output).toMatch(/\[stopped · /);
    expect(terminal.states).toEqual([Stopped, Running, Stopped]);
    await vi.waitUntil(() => !isAlive(job ?? ""));
    expect((await ask(terminal, "clear")).case).toBe("ok");
  });

  it("[RU5] stops a program that will not, and floods somebody who does not read", async () => {
    const { terminal } = await start({
      ".replit": "run = \"trap '' TERM; echo ready; while sleep 0; do seq 1 10000; done\"",
    });
    await ask(terminal, "runMain");
    await terminal.shows("ready");
    terminal.draws = false;
    await terminal.until(() => terminal.output.length > 500_000);
    await ask(terminal, "clear");
    await stopped(terminal);
    expect(exitCode(terminal)).toBe(137);
  });

  it("[RU7] explains a mistake", async () => {
    const { terminal } = await start({ "main.py": "import no_such_module\n" });
    await ask(terminal, "runMain");
    await stopped(terminal);
    expect(terminal.others).toMatchObject([
      { case: "execInfo", value: { command: ["python3", "main.py"], reason: "main.py" } },
      {
        case: "hint",
        value: {
          text: "The module no_such_module is not installed. Try: pip install no_such_module",
        },
      },
      { case: "exitCodeEvent", value: 1 },
    ]);
  });

  it("[RU8] gives a joiner the screen, then the state", async () => {
    const { terminal, open } = await start({ ".replit": 'run = "echo hello; sleep 30"' });
    await ask(terminal, "runMain");
    await terminal.shows("\nhello\r\n");
    const joiner = await open();
    await joiner.until(() => joiner.states.length > 0);
    expect(joiner.output).toContain("hello");
    expect(joiner.states).toEqual([Running]);
  });

  it("[RU9] gives the program what is typed", async () => {
    const { terminal } = await start({ ".replit": 'run = "read name; echo I am $name"' });
    await ask(terminal, "runMain");
    terminal.type("Ada\r");
    await stopped(terminal);
    expect(terminal.output).toContain("I am Ada\r\n");
  });

  it("[SH12] lets a viewer neither run nor stop", async () => {
    const { terminal, open } = await start({ ".replit": 'run = "echo hello; sleep 30"' });
    const viewer = await open("viewer");
    for (const what of ["runMain", "clear"] as const) {
      expect(await ask(viewer, what)).toMatchObject({
        case: "error",
        value: expect.stringMatching(/^permission denied/) as string,
      });
    }
    expect(terminal.states).toEqual([Stopped]);
  });
});
