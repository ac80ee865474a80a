import { describe, expect, it } from "vitest";
import { State } from "#common/wire/enums.ts";
import { shell } from "#container/services/shell.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";
import { TestTerminal } from "#test/helpers/testTerminal.ts";

async function start(token?: string) {
  const repl = await startDiskRepl([shell]);
  const terminal = await TestTerminal.open(await repl.join(token), "shell", "sheller");
  return { repl, terminal };
}

describe("a shell", () => {
  it("[SH1] answers what is typed", async () => {
    const { terminal } = await start();
    await terminal.prompt();
    terminal.type("echo $((6 * 7))\r");
    await terminal.shows("\r42\r\n");
    expect(terminal.states).toEqual([State.Running]);
  });
});
