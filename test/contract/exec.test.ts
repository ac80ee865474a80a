import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Command } from "#common/wire/codec.ts";
import { State } from "#common/wire/enums.ts";
import { parseReplPath } from "#container/paths.ts";
import { exec } from "#container/services/exec.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import { startDiskRepl, TestChannel } from "#test/helpers/diskRepl.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

async function start() {
  const repl = await startDiskRepl([exec]);
  const client = await repl.join("editor:ada");
  return { ...repl, client, channel: await TestChannel.open(client, "exec") };
}

function run(
  args: readonly string[],
  more: { blocking?: boolean; env?: Record<string, string> } = {},
) {
  return { case: "exec" as const, value: { args: [...args], ...more } };
}

const sh = (script: string) => run(["sh", "-c", script]);

/** Runs a program; tells what it printed before its answer, and the answer. */
async function resultOf(channel: TestChannel, request: ReturnType<typeof run>) {
  const answer = await channel.ask(request);
  return { output: takeOutput(channel), answer: describeAnswer(answer) };
}

/** The output that has arrived already. */
function takeOutput({ client, id }: Pick<TestChannel, "client" | "id">): string {
  let output = "";
  for (const { channel, body } of client.received.splice(0)) {
    if (channel === id && body.case === "output") output += body.value;
  }
  return output;
}

function describeAnswer(body: Command["body"]): string {
  return body.case === "error" ? body.value : String(body.case);
}

/** The next things on a channel, one word each, until `last`. */
async function until(channel: TestChannel, last: string): Promise<string[]> {
  const words: string[] = [];
  while (words.at(-1) !== last) {
    const body = await channel.next();
    if (body.case === "state") words.push(body.value === State.Running ? "Running" : "Stopped");
    else if (body.case === "output") words.push(body.value);
    else words.push(describeAnswer(body));
  }
  return words;
}

/** Whether a process runs; one that has ended and that nobody has asked about does not. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return /^\s*[^\sZ]/.test(stdout);
}

describe("a program", () => {
  it("[EX1] is Running, prints, is answered and Stopped, in this order", async () => {
    const { client, channel } = await start();
    client.send(channel.id, sh("echo one; echo two"), "ref");
    expect((await until(channel, "Stopped")).join("|")).toMatch(
      /^Running\|one\n\|?two\n\|ok\|Stopped$/,
    );
  });

  it("[EX1] has printed all, errors in between, before it is answered", async () => {
    const { channel } = await start();
    const script = "for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; done";
    const { output, answer } = await resultOf(channel, sh(script));
    expect(answer).toBe("ok");
    expect(output).toBe([1, 2, 3, 4, 5].map((i) => `out${i}\nerr${i}\n`).join(""));
  });

  it("[EX2] runs in the repl's folder, with its environment and what the request adds", async () => {
    const { channel, root } = await start();
    const request = run(["sh", "-c", 'pwd; echo "$REPL_ID $GREETING"'], {
      env: { GREETING: "hi" },
    });
    const { output } = await resultOf(channel, request);
    expect(output).toBe(`${realpathSync(root)}\nrepl hi\n`);
  });

  it("[EX2] finds what is still being edited on disk", async () => {
    const editor = fakeService("ot");
    const repl = await startDiskRepl([
      exec,
      {
        ...editor,
        start: ({ platform, repl: { documents } }) =>
          documents.own({
            save: () => platform.files.write(parseReplPath("a"), encodeUtf8("typed")),
            copy: (_, copyFiles) => copyFiles(),
          }),
      },
    ]);
    const channel = await TestChannel.open(await repl.join(), "exec");
    expect(await resultOf(channel, run(["cat", "a"]))).toEqual({ output: "typed", answer: "ok" });
  });

  it.each([
    [run(["false"]), "exit status 1"],
    [sh("exit 42"), "exit status 42"],
    [sh("exit 137"), "exit status 137"],
    [sh("kill -KILL $$"), "signal: killed"],
    [sh("kill -TERM $$"), "signal: terminated"],
    [sh("kill -SEGV $$"), "signal: segmentation fault"],
    [run(["no-such-program", "x"]), 'exec: "no-such-program": executable file not found in $PATH'],
    [run(["./missing"]), "no such file or directory"],
    [run(["./plain"]), "permission denied"],
    [run(["./folder"]), /permission denied|no such file/],
    [run([]), "exec: no command"],
    [run([""]), "exec: no command"],
    [run(["echo", "a\0b"]), "fork/exec echo: invalid argument"],
    [run(["env"], { env: { A: "\0" } }), "fork/exec env: invalid argument"],
  ])("[EX3] %j fails in Go's words", async (request, message) => {
    const { channel, root } = await start();
    writeFileSync(join(root, "plain"), "", { mode: 0o644 });
    mkdirSync(join(root, "folder"));
    expect((await resultOf(channel, request)).answer).toMatch(
      typeof message === "string" ? literally(message) : message,
    );
    // And the channel goes on.
    expect(await resultOf(channel, run(["echo", "next"]))).toEqual({
      output: "next\n",
      answer: "ok",
    });
  });

  it("[EX4] finds its standard input empty, and is no pipe's end", async () => {
    const { channel } = await start();
    const { output } = await resultOf(channel, sh("cat; [ -c /dev/stdin ] && echo device"));
    expect(output).toBe("device\n");
    expect(await channel.errorOf({ case: "input", value: "x" })).toContain("standard input");
  });
});

function literally(text: string): RegExp {
  return new RegExp(`${text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`);
}

describe("several programs", () => {
  it("[EX5] are refused while one runs, or wait for their turn when they are blocking", async () => {
    const { client, channel, root } = await start();
    execFileSync("mkfifo", [join(root, "gate")]);
    const first = channel.ask(sh("cat gate"));
    expect(await until(channel, "Running")).toEqual(["Running"]);
    expect(await channel.errorOf(run(["echo", "now"]))).toBe("Already running");
    const others = ["a", "b", "c"].map((word) =>
      channel.ask(run(["echo", word], { blocking: true })),
    );
    const missing = channel.ask(run(["no-such-program"], { blocking: true }));
    const last = channel.ask(run(["echo", "last"], { blocking: true }));
    expect(await channel.errorOf(run(["echo", "now"]))).toBe("Already running");
    await writeFile(join(root, "gate"), "open\n");
    expect(await first).toMatchObject({ case: "ok" });
    expect(describeAnswer(await missing)).toContain("not found");
    expect(await last).toMatchObject({ case: "ok" });
    expect((await Promise.all(others)).map(describeAnswer)).toEqual(["ok", "ok", "ok"]);
    expect(takeOutput({ client, id: channel.id })).toBe("open\na\nb\nc\nlast\n");
  });

  it("[EX5] wait without end only in small numbers", async () => {
    const { client, channel, root } = await start();
    execFileSync("mkfifo", [join(root, "gate")]);
    client.send(channel.id, sh("cat gate"), "first");
    await until(channel, "Running");
    for (let i = 0; i < 100; i++) {
      client.send(channel.id, run(["true"], { blocking: true }), `queued${i}`);
    }
    expect(await channel.errorOf(run(["true"], { blocking: true }))).toContain("too many");
  });
});

describe("output", () => {
  it("[EX6] is text, whatever the program prints and however it splits it", async () => {
    const { channel } = await start();
    const script = String.raw`printf 'a\0b\360\237'; sleep 0.05; printf '\230\200\377c\303'`;
    expect((await resultOf(channel, sh(script))).output).toBe("a\0b😀\uFFFDc\uFFFD");
  });

  it("[EX6] is gathered into bodies of at most 64 KB", async () => {
    const { client, channel } = await start();
    client.send(channel.id, run(["seq", "1", "200000"]), "ref");
    const words = await until(channel, "Stopped");
    const bodies = words.slice(1, -2);
    expect(bodies.join("")).toBe(Array.from({ length: 200_000 }, (_, i) => `${i + 1}\n`).join(""));
    expect(Math.max(...bodies.map((body) => body.length))).toBeLessThanOrEqual(65_536);
    expect(bodies.length).toBeLessThan(100);
  });

  it("[EX7] waits for a reader that is behind, and loses nothing", async () => {
    const { url, container } = await start();
    const { client, socket } = await dial(url, "editor:slow");
    await client.ready();
    const channel = await TestChannel.open(client, "exec");
    const session = [...container.sessions].find(({ name }) => name === "slow");
    socket.pause();
    const answer = channel.ask(sh("head -c 80000000 /dev/zero | tr '\\0' x"));
    await vi.waitFor(() => expect(session?.queuedBytes).toBeGreaterThan(1024 * 1024));
    // A busy loop of the program would have filled the queue, and ended the session, long ago.
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(session?.queuedBytes).toBeLessThan(4 * 1024 * 1024);
    socket.resume();
    expect(await answer).toMatchObject({ case: "ok" });
    expect(takeOutput(channel)).toHaveLength(80_000_000);
  });
});

describe("a channel", () => {
  it("[EX8] takes its program with it, and all that this one has started", async () => {
    const { client, channel } = await start();
    const script = "sleep 1000 & sh -c 'sleep 1000; true' & echo $$ $!; wait";
    client.send(channel.id, sh(script), "ref");
    await until(channel, "Running");
    const pids = (await client.next("output", channel.id)).trim().split(" ").map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    await client.request(0, { case: "closeChan", value: { id: channel.id, action: 1 } });
    await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]));
  });

  it("[EX8] ends what does not want to end, also when its client just vanishes", async () => {
    const { url } = await start();
    const { client, socket } = await dial(url, "editor");
    await client.ready();
    const channel = await TestChannel.open(client, "exec");
    client.send(channel.id, sh("trap '' TERM HUP; echo $$; while :; do sleep 0.1; done"), "ref");
    await until(channel, "Running");
    const pid = Number(await client.next("output", channel.id));
    expect(isRunning(pid)).toBe(true);
    socket.terminate();
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 10_000 });
  });

  it("[EX9] tells the others what runs, for whom, and what it prints", async () => {
    const { client, ...repl } = await start();
    const mine = await TestChannel.open(client, "exec", "shared");
    const others = await TestChannel.open(await repl.join("editor:bob"), "exec", "shared");
    mine.client.send(mine.id, run(["echo", "hi"]), "ref");
    expect(await others.next()).toMatchObject({
      case: "execInfo",
      value: { command: ["echo", "hi"], reason: "asked for by ada" },
    });
    expect(await until(others, "Stopped")).toEqual(["Running", "hi\n", "Stopped"]);
    expect(await until(mine, "Stopped")).toEqual(["Running", "hi\n", "ok", "Stopped"]);
  });

  it("[EX10] is not for viewers", async () => {
    const repl = await start();
    const viewer = await repl.join("viewer");
    await expect(viewer.open("exec")).rejects.toThrow("permission denied");
  });
});
