import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { State } from "#common/wire/enums.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { RunService, type RunEvent } from "./run.ts";

function make() {
  const channels = new FakeChannels();
  const events: RunEvent[] = [];
  const output: string[] = [];
  const run = new RunService(
    { clock: new FakeClock(), open: channels.open, emit: (event) => events.push(event) },
    {
      restart: () => output.push("restart"),
      resize: ({ cols, rows }) => output.push(`${cols}x${rows}`),
      push: (text) => output.push(text),
    },
  );
  const channel = channels.of("run");
  channel.attach();
  return { run, channel, events, output };
}

describe("run", () => {
  it("[CH4] meets the others in the well-known channel", () => {
    expect(make().channel.name).toBe("shellrunner");
  });

  it("[CL30] hands the terminal's size on in its place among the output", () => {
    const { channel, output } = make();
    output.length = 0;
    channel.receive({ case: "output", value: "wide" });
    channel.receive({ case: "resizeTerm", value: { cols: 40, rows: 10 } });
    channel.receive({ case: "resizeTerm", value: { cols: 0, rows: 0 } });
    channel.receive({ case: "output", value: "narrow" });
    expect(output).toEqual(["wide", "40x10", "narrow"]);
  });

  it("starts and stops, and says so when that is not possible", async () => {
    const { run, channel } = make();
    const started = run.start();
    channel.answer("runMain", { case: "ok", value: {} });
    expect(await started).toEqual({ ok: true, value: undefined });
    const stopped = run.stop();
    channel.answer("clear", { case: "ok", value: {} });
    expect((await stopped).ok).toBe(true);
    const refused = run.start();
    channel.refuse("runMain", new RequestError("denied", "permission denied"));
    expect(await refused).toMatchObject({ ok: false, error: { code: "denied" } });
  });

  it("tells what the program does", () => {
    const { channel, events, output } = make();
    channel.receive({ case: "execInfo", value: { command: ["node", "a.js"], reason: ".replit" } });
    channel.receive({ case: "state", value: State.Running });
    channel.receive({ case: "output", value: "hello" });
    channel.receive({ case: "hint", value: { text: "is it installed?" } });
    channel.receive({ case: "state", value: State.Stopped });
    channel.receive({ case: "exitCodeEvent", value: -1 });
    channel.receive({ case: "error", value: "broken" });
    channel.receive({ case: "error", value: "permission denied: a viewer may not type" });
    expect(events).toEqual([
      { kind: "info", command: ["node", "a.js"], reason: ".replit" },
      { kind: "running" },
      { kind: "hint", text: "is it installed?" },
      { kind: "stopped" },
      { kind: "exited", code: -1 },
      { kind: "failed", message: "broken" },
    ]);
    expect(output).toEqual(["restart", "hello"]);
  });
});
