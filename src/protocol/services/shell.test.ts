import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { State } from "#common/wire/enums.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { ShellService, type ShellEvent } from "./shell.ts";

function make() {
  const channels = new FakeChannels();
  const events: ShellEvent[] = [];
  const output: string[] = [];
  const shell = new ShellService(
    { clock: new FakeClock(), open: channels.open, emit: (event) => events.push(event) },
    (name) => ({
      restart: () => output.push(`restart ${name}`),
      resize: ({ cols, rows }) => output.push(`${cols}x${rows}`),
      push: (text, acknowledge) => {
        output.push(text);
        acknowledge?.();
      },
    }),
  );
  shell.open("sheller");
  return { shell, channel: channels.of("shell"), channels, events, output };
}

describe("shell", () => {
  it("opens a channel of its name, once, and tells when it is there", () => {
    const { shell, channel, channels, events, output } = make();
    shell.open("sheller");
    expect(channels.all).toHaveLength(1);
    expect(channel.name).toBe("sheller");
    channel.attach();
    channel.receive({ case: "state", value: State.Running });
    expect(events).toEqual([
      { kind: "opened", name: "sheller" },
      { kind: "running", name: "sheller" },
    ]);
    expect(output).toEqual(["restart sheller"]);
  });

  it("[SH4] hands output on, and its ref back when it is drawn", () => {
    const { channel, output } = make();
    channel.attach();
    channel.receive({ case: "output", value: "a" });
    channel.receive({ case: "output", value: "b" }, "r1");
    expect(output.slice(1)).toEqual(["a", "b"]);
    expect(channel.acknowledged).toEqual(["r1"]);
  });

  it("sends keystrokes at once, and keeps a few lines of them for a shell that is not there", () => {
    const { shell, channel } = make();
    const terminal = shell.terminal("sheller");
    terminal?.input("ls\r");
    channel.attach();
    expect(channel.sent).toEqual([{ case: "input", value: "ls\r" }]);
    terminal?.input("\x03");
    expect(channel.sent.at(-1)).toEqual({ case: "input", value: "\x03" });
    channel.detach();
    terminal?.input("pwd\r");
    terminal?.input("x".repeat(5000));
    channel.attach();
    expect(channel.sent.slice(2)).toEqual([{ case: "input", value: "pwd\r" }]);
  });

  it("[CL30] hands the terminal's size on in its place among the output", () => {
    const { channel, output } = make();
    channel.attach();
    output.length = 0;
    channel.receive({ case: "resizeTerm", value: { cols: 100, rows: 30 } });
    channel.receive({ case: "output", value: "x" });
    expect(output).toEqual(["100x30", "x"]);
  });

  it("tells its size again on a new connection, before what was typed meanwhile", () => {
    const { shell, channel } = make();
    const terminal = shell.terminal("sheller");
    terminal?.resize(80, 24);
    terminal?.resize(100, 30);
    terminal?.input("x");
    channel.attach();
    expect(channel.sent).toEqual([
      { case: "resizeTerm", value: { cols: 100, rows: 30 } },
      { case: "input", value: "x" },
    ]);
  });

  it("tells the exit code, on whichever side of the state it comes", () => {
    const { channel, events } = make();
    channel.attach();
    events.length = 0;
    channel.receive({ case: "state", value: State.Stopped });
    channel.receive({ case: "exitCodeEvent", value: 2 });
    channel.receive({ case: "state", value: State.Running });
    channel.receive({ case: "exitCodeEvent", value: 3 });
    channel.receive({ case: "state", value: State.Stopped });
    const name = "sheller";
    expect(events).toEqual([
      { kind: "exited", name, code: undefined },
      { kind: "exited", name, code: 2 },
      { kind: "running", name },
      { kind: "exited", name, code: 3 },
      { kind: "exited", name, code: 3 },
    ]);
  });

  it("detaches or ends, and tells which ones are gone", () => {
    const { shell, channel, channels, events } = make();
    channel.attach();
    shell.close("sheller", "detach");
    shell.close("sheller", "detach");
    expect(channel.closed).toBe("leave");
    shell.open("sheller");
    channels.of("shell").attach();
    shell.close("sheller", "end");
    expect(channels.of("shell").closed).toBe("end");
    shell.open("other");
    channels.of("shell").end();
    expect(events.filter(({ kind }) => kind === "closed")).toEqual([
      { kind: "closed", name: "sheller" },
      { kind: "closed", name: "sheller" },
      { kind: "closed", name: "other" },
    ]);
    expect(shell.terminal("other")).toBeUndefined();
  });

  it("tells why it cannot be opened, and takes a forbidden keystroke for no failure", () => {
    const { channel, events } = make();
    channel.fail(new RequestError("denied", "permission denied: no shells here"));
    channel.receive({ case: "error", value: "permission denied: a viewer may not type" });
    channel.receive({ case: "error", value: "fork failed" });
    expect(events).toEqual([
      { kind: "failed", name: "sheller", message: "permission denied: no shells here" },
      { kind: "failed", name: "sheller", message: "fork failed" },
    ]);
  });

  it("clears and resets for all who watch", () => {
    const { shell, channel } = make();
    channel.attach();
    shell.clear("sheller");
    shell.terminal("sheller")?.sane();
    shell.terminal("sheller")?.reopen();
    expect(channel.sent.map((body) => body.case)).toEqual(["clear", "saneTerm"]);
    expect(channel.reopened).toBe(1);
  });
});
