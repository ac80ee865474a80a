import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { api } from "@replit/protocol";
import { exec } from "#container/services/exec.ts";
import { files } from "#container/services/files.ts";
import { fsevents } from "#container/services/fsevents.ts";
import { connectCrosis, type CrosisClient } from "#test/helpers/crosisClient.ts";
import { startDiskRepl } from "#test/helpers/diskRepl.ts";

async function start(): Promise<{ readonly root: string; readonly client: CrosisClient }> {
  const { root, url } = await startDiskRepl([exec, files, fsevents]);
  const client = await connectCrosis(url, "editor");
  onTestFinished(() => client.client.destroy());
  return { root, client };
}

/** As the official web client did it: collect `output`, until the request is answered. */
async function runProgram(client: CrosisClient, args: string[], env: Record<string, string> = {}) {
  const { channel, ...opened } = await client.open("exec");
  let output = "";
  channel.onCommand((command) => {
    output += command.output ?? "";
  });
  const answer = await channel.request({ exec: { args, env } });
  await opened.close();
  return { output, error: answer.error, ok: answer.ok };
}

describe("the public client library", () => {
  it("[EX1] [EX2] runs a program and has all of its output with the answer", async () => {
    const { client, root } = await start();
    writeFileSync(join(root, "a"), "");
    const script = "ls; echo $WORD; seq 1 50000 | tail -1";
    const result = await runProgram(client, ["sh", "-c", script], { WORD: "né" });
    expect(result).toMatchObject({ output: "a\nné\n50000\n", ok: {} });
  });

  it("[EX3] is told in Go's words how a program has failed", async () => {
    const { client } = await start();
    expect((await runProgram(client, ["false"])).error).toBe("exit status 1");
    expect((await runProgram(client, ["sh", "-c", "kill -9 $$"])).error).toBe("signal: killed");
    expect((await runProgram(client, ["nothing"])).error).toContain("not found");
  });

  it("[FI2] [FI3] works with files, and is told in Go's words what fails", async () => {
    const { client, root } = await start();
    const { channel } = await client.open("gcsfiles");
    const content = Buffer.from("text");
    expect((await channel.request({ write: { path: "d/a", content } })).ok).toBeTruthy();
    expect(readFileSync(join(root, "d/a"), "utf8")).toBe("text");
    const { file } = await channel.request({ read: { path: "d/a" } });
    expect(Buffer.from(file?.content ?? []).toString()).toBe("text");
    const { files: listing } = await channel.request({ readdir: { path: "." } });
    expect(listing?.files).toMatchObject([{ path: "d", type: api.File.Type.DIRECTORY }]);
    const { statRes } = await channel.request({ stat: { path: "d/a" } });
    expect(statRes).toMatchObject({ exists: true, fileMode: "-rw-r--r--" });
    expect(Math.abs(Number(statRes?.modTime) - Date.now() / 1000)).toBeLessThan(60);
    expect((await channel.request({ read: { path: "none" } })).error).toContain(
      "no such file or directory",
    );
    expect((await channel.request({ write: { path: "d", content } })).error).toContain(
      "file exists",
    );
    expect((await channel.request({ readdir: { path: "d/a" } })).error).toContain(
      "not a directory",
    );
  });

  it("[FE1] hears what happens on disk", async () => {
    const { client, root } = await start();
    const { channel } = await client.open("fsevents");
    const heard = new Promise((resolve) => {
      channel.onCommand(({ fileEvent }) => {
        if (fileEvent) resolve(fileEvent);
      });
    });
    expect((await channel.request({ subscribeFile: { files: [{ path: "." }] } })).ok).toBeTruthy();
    writeFileSync(join(root, "new"), "");
    expect(await heard).toMatchObject({ file: { path: "new" }, op: api.FileEvent.Op.Create });
  });
});
