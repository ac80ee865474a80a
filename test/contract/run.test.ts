import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { State } from "#common/wire/enums.ts";
import { run } from "#container/services/run.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";
import { TestTerminal } from "#test/helpers/testTerminal.ts";

async function start(files: Readonly<Record<string, string>>, token?: string) {
  const repl = await startDiskRepl([run]);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(repl.root, name), content);
  }
  const terminal = await TestTerminal.open(await repl.join(token), "shellrun2", "shellrunner");
  await terminal.prompt();
  return { repl, terminal };
}

describe("the console", () => {
  it("[RU1] runs the program and tells how it ended", async () => {
    const { terminal } = await start({ ".replit": 'run = "echo hello; exit 3"' });
    const answer = await terminal.client.request(terminal.id, { case: "runMain", value: {} });
    expect(answer.body.case).toBe("ok");
    await terminal.until(() => terminal.states.length === 3);
    expect(terminal.states).toEqual([State.Stopped, State.Running, State.Stopped]);
    expect(terminal.output).toContain("\uEEA7\x1b[m echo hello; exit 3\r\nhello\r\n");
    expect(terminal.output).toMatch(/\[exited with 3 · 0\.\d\d s\]/);
    await terminal.until(() => terminal.others.length === 2);
    expect(terminal.others).toMatchObject([
      { case: "execInfo", value: { reason: "the run line of .replit" } },
      { case: "exitCodeEvent", value: 3 },
    ]);
  });
});
