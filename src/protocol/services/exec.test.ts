import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { runProgram } from "./exec.ts";

function run() {
  const channels = new FakeChannels();
  const result = runProgram(channels.open, ["ls", "-l"]);
  return { result, channel: channels.of("exec") };
}

describe("running a program", () => {
  it("[EX1] collects its output until the answer, in a channel of its own", async () => {
    const { result, channel } = run();
    expect(channel.name).toBe("");
    expect(channel.requests[0]?.body.value).toEqual({ args: ["ls", "-l"] });
    channel.receive({ case: "output", value: "one\n" });
    channel.receive({ case: "error", value: "from stderr\n" });
    channel.answer("exec", { case: "ok", value: {} });
    expect(await result).toEqual({ ok: true, value: { output: "one\nfrom stderr\n" } });
    expect(channel.closed).toBe("leave");
  });

  it("[EX3] tells how it failed, with what it wrote", async () => {
    const { result, channel } = run();
    channel.receive({ case: "output", value: "half" });
    channel.refuse("exec", new RequestError("failed", "exit status 1"));
    expect(await result).toEqual({ ok: true, value: { output: "half", failed: "exit status 1" } });
  });

  it("[EX10] tells apart that it was not run at all", async () => {
    for (const error of [
      new RequestError("unavailable", "lost"),
      new RequestError("denied", "permission denied: a viewer may not run programs"),
    ]) {
      const { result, channel } = run();
      channel.refuse("exec", error);
      expect(await result).toEqual({ ok: false, error });
    }
  });

  it("gives up on output without end", async () => {
    const { result, channel } = run();
    for (let i = 0; i < 40; i++) channel.receive({ case: "output", value: "x".repeat(1 << 20) });
    expect(channel.closed).toBe("leave");
    channel.refuse("exec", new RequestError("closed", "closed"));
    expect(await result).toMatchObject({ ok: false, error: { code: "too-large" } });
  });
});
