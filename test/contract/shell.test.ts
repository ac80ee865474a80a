import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { State } from "#common/wire/enums.ts";
import { shell } from "#container/services/shell.ts";
import { SCROLLBACK_LINES } from "#container/terminal/screen.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";
import { createTerminal, feed, stateOf } from "#test/helpers/terminalState.ts";
import { TestTerminal } from "#test/helpers/testTerminal.ts";

async function start(token?: string) {
  const repl = await startDiskRepl([shell]);
  const open = async (
    name = "sheller",
    options: Parameters<typeof TestTerminal.open>[3] & { readonly token?: string } = {},
  ) => TestTerminal.open(await repl.join(options.token ?? token), "shell", name, options);
  const terminal = await open();
  await terminal.prompt();
  return { repl, open, terminal };
}

/** What a terminal shows that has got all that a session was sent. */
function screenOf({ output, size }: TestTerminal): string {
  const [cols = 80, rows = 24] = size.split("x").map(Number);
  const terminal = createTerminal({ cols, rows, scrollback: SCROLLBACK_LINES });
  feed(terminal, output);
  return stateOf(terminal);
}

/** Whether a process with that text in its command line runs. */
function isRunning(text: string): boolean {
  return readdirSync("/proc").some((pid) => {
    const file = `/proc/${pid}/cmdline`;
    try {
      return Number(pid) > 0 && readFileSync(file, "latin1").replaceAll("\0", " ").includes(text);
    } catch {
      return false; // It has ended since the list was read.
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { interval: 5, timeout: 15_000 });
}

describe("a shell", () => {
  it("[SH1] answers what is typed, soon", async () => {
    const { terminal } = await start();
    const echoMs: number[] = [];
    for (const key of "abcdefghij") {
      const typedMs = performance.now();
      const before = terminal.output.length;
      terminal.type(key);
      await terminal.until(() => terminal.output.length > before);
      echoMs.push(performance.now() - typedMs);
    }
    // The median: other work on the machine makes some wait.
    expect(echoMs.sort((a, b) => a - b)[5]).toBeLessThan(50);
    terminal.type("\x15echo $((6 * 7))\r");
    await terminal.shows("\r42\r\n");
    expect(terminal.states).toEqual([State.Running]);
  });

  it("[SH1] shows a flood whole", async () => {
    const { terminal } = await start();
    terminal.type("seq 1 200000\r");
    await terminal.shows(/\r\n200000\r\n/);
    const expected = Array.from({ length: 200_000 }, (_, i) => `${i + 1}\r\n`).join("");
    expect(terminal.output).toContain(expected);
  });

  it("[SH1] puts characters together that arrive in parts", async () => {
    const { terminal } = await start();
    terminal.type("printf '\\xf0\\x9f'; sleep 0.05; printf '\\x98\\x80 \\xff\\n'\r");
    await terminal.shows("\ufffd\r\n");
    expect(terminal.output).toContain("😀 \ufffd\r\n");
  });

  it("[SH3] gives a joiner the same screen, in the middle of a flood too", async () => {
    const { terminal, open } = await start();
    terminal.resize(100, 30);
    terminal.type("printf '\\e[31mred\\e[1m bold'; seq 1 60000\r");
    await terminal.shows("\n30000\r\n");
    const joiner = await open();
    expect(joiner.size).toBe("100x30");
    for (const each of [terminal, joiner]) await each.shows(/\n60000\r\n[^]*[$#] $/);
    expect(screenOf(joiner)).toBe(screenOf(terminal));
    expect(joiner.states).toEqual([State.Running]);
  });

  it("[SH4] sends refs only to sessions that say hasCap", async () => {
    const { terminal, open } = await start();
    const plain = await open("sheller", { hasCap: false, draws: false });
    await plain.prompt();
    expect(plain.undrawn).toEqual([]);
    expect(plain.size).toBe("");
    terminal.draws = false;
    terminal.type("x");
    await terminal.until(() => terminal.undrawn.length > 0);
    expect(terminal.undrawn[0]).toMatch(/^drawn:\d+$/);
  });

  it("[SH5] blocks a program while nobody draws, and goes on when somebody has", async () => {
    const { repl, terminal } = await start();
    const file = join(repl.root, "count");
    const count = (): number => (existsSync(file) ? Number(readFileSync(file, "latin1")) : 0);
    terminal.draws = false;
    terminal.type(
      `for i in $(seq 2000); do echo $i > count; printf '%08000d\\n' $i; done; echo done\r`,
    );
    let last = 0;
    let unchanged = 0;
    await until(() => {
      const now = count();
      unchanged = now === last && now > 60 ? unchanged + 1 : 0;
      last = now;
      return unchanged > 20;
    });
    expect(last).toBeLessThan(200);
    expect(terminal.output.length).toBeLessThan(1_000_000);
    terminal.draws = true;
    terminal.draw();
    await until(() => count() > 300);
    terminal.type("\x03");
    await terminal.shows(/\^C[^]*[$#] $/);
  });

  it("[SH5] interrupts a flood at once, whoever draws or not", async () => {
    const { terminal } = await start();
    terminal.draws = false;
    terminal.type("yes interrupted-by-test\r");
    await terminal.until(() => terminal.output.length > 500_000);
    expect(isRunning("yes interrupted-by-test")).toBe(true);
    const typedMs = performance.now();
    terminal.type("\x03");
    await until(() => !isRunning("yes interrupted-by-test"));
    expect(performance.now() - typedMs).toBeLessThan(200);
  });

  it("[SH5] does not let one who does not draw slow the others", async () => {
    const { terminal, open } = await start();
    const slow = await open("sheller", { draws: false });
    await slow.prompt();
    terminal.type("seq 1 300000\r");
    await terminal.shows(/\n300000\r\n[^]*[$#] $/);
    expect(slow.output.length).toBeLessThan(1_000_000);
    slow.draws = true;
    slow.draw();
    await slow.shows(/\n300000\r\n[^]*[$#] /);
    expect(screenOf(slow)).toBe(screenOf(terminal));
  });

  it("[SH6] has the size of who typed last", async () => {
    const { terminal, open } = await start();
    terminal.resize(100, 30);
    await terminal.until(() => terminal.size === "100x30");
    const other = await open();
    other.resize(60, 20);
    other.type("stty size\r");
    await other.shows("20 60\r\n");
    expect([terminal.size, other.size]).toEqual(["60x20", "60x20"]);
  });

  it("[SH7] says that it has ended, and starts again on Enter", async () => {
    const { terminal } = await start();
    terminal.type("sleep 30 & exit 3\r");
    await terminal.shows("[exited with 3 · press Enter to start again]");
    await terminal.until(() => terminal.others.length > 0);
    expect(terminal.others).toMatchObject([{ case: "exitCodeEvent", value: 3 }]);
    expect(terminal.states).toEqual([State.Running, State.Stopped]);
    terminal.output = "";
    terminal.type("x");
    terminal.type("\r");
    await terminal.prompt();
    expect(terminal.states.at(-1)).toBe(State.Running);
  });

  it("[SH8] is still there after its sessions have gone", async () => {
    const { repl, terminal, open } = await start();
    terminal.type("cd /; VARIABLE=kept; clear\r");
    await terminal.shows(/\x1b\[H[^]*[$#] $/); // oxlint-disable-line no-control-regex -- the clear
    terminal.client.close();
    await until(() => repl.container.sessions.size === 0);
    const again = await open();
    expect(again.output).toMatch(/[$#] /);
    again.type("echo is $VARIABLE\r");
    await again.shows("is kept\r\n");
  });

  it("[SH8] ends with its session when it is private, and all in it", async () => {
    const { open } = await start();
    const private_ = await open("");
    await private_.prompt();
    private_.type("sleep 31.0715\r");
    await until(() => isRunning("sleep 31.0715"));
    private_.client.close();
    await until(() => !isRunning("sleep 31.0715"));
    expect(isRunning("sleep 31.0715")).toBe(false);
  });

  it("[SH9] can be made sane", async () => {
    const { terminal } = await start();
    terminal.type("stty -echo -icanon; printf '\\e[?1049h\\e[?25l'; cat\r");
    await terminal.shows("\x1b[?1049h\x1b[?25l");
    terminal.client.send(terminal.id, { case: "saneTerm", value: {} });
    await terminal.shows("\x1b[?1049l\x1b[!p");
    // The kernel echoes again, and reads lines again.
    await terminal.client.request(terminal.id, { case: "saneTerm", value: {} });
    terminal.output = "";
    terminal.type("once\r");
    await terminal.shows(/once\r\n[^]*\r\n/);
    expect(terminal.output).toBe("once\r\nonce\r\n");
  });

  it("[SH10] is cleared for all, but for the line of the cursor", async () => {
    const { terminal, open } = await start();
    const other = await open();
    terminal.type("seq 1 100\r");
    for (const each of [terminal, other]) await each.shows(/\n100\r\n[^]*[$#] $/);
    terminal.type("unfinished");
    await other.shows("unfinished");
    other.client.send(other.id, { case: "clear", value: {} });
    for (const each of [terminal, other]) await each.shows("\x1b[3J");
    expect(screenOf(terminal)).toBe(screenOf(other));
    expect(screenOf(other)).toMatch(/^normal 24 lines\n [^\n]*u\|n\|f\|i\|n\|i\|s\|h\|e\|d/);
  });

  it("[SH11] is nearly a pipe in pipe mode", async () => {
    const { terminal } = await start();
    terminal.type("(echo ready; cat)\r");
    await terminal.shows("ready\r\n");
    const config = (pipeMode: boolean) => ({ case: "PTYConfig" as const, value: { pipeMode } });
    const { body } = await terminal.client.request(terminal.id, config(true));
    expect(body.case).toBe("ok");
    terminal.output = "";
    terminal.type("plain\r");
    await terminal.shows("plain\n");
    expect(terminal.output).toBe("plain\n");
    await terminal.client.request(terminal.id, config(false));
    terminal.output = "";
    terminal.type("echoed\r");
    await terminal.shows("echoed\r\nechoed\r\n");
  });

  it("[SH12] lets a viewer watch, and nothing else", async () => {
    const { terminal, open } = await start();
    const viewer = await open("sheller", { token: "viewer" });
    await viewer.prompt();
    const refused: Parameters<TestTerminal["client"]["request"]>[1][] = [
      { case: "input", value: "x" },
      { case: "clear", value: {} },
      { case: "saneTerm", value: {} },
      { case: "PTYConfig", value: { pipeMode: true } },
    ];
    for (const body of refused) {
      const answer = await viewer.client.request(viewer.id, body);
      expect(answer.body).toMatchObject({ case: "error" });
      expect(answer.body.value).toMatch(/^permission denied/);
    }
    viewer.resize(60, 20);
    terminal.type("stty size\r");
    await viewer.shows(/\d+ \d+\r\n/);
    expect(viewer.output).toContain("24 80\r\n");
  });

  it("[SH14] has the user's environment and not the host's", async () => {
    process.env["TANDEM_SECRET"] = "secret";
    const { terminal } = await start();
    delete process.env["TANDEM_SECRET"];
    terminal.type('echo "$TERM $COLORTERM $REPL_ID ${TANDEM_SECRET:-none}"\r');
    await terminal.shows(/\nxterm[^\r]*\r\n|\rxterm[^\r]*\r\n/);
    expect(terminal.output).toContain("xterm-256color truecolor repl none\r\n");
  });
});
