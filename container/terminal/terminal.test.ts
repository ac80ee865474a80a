import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { createTerminal, feed, stateOf } from "#test/helpers/terminalState.ts";
import type { Process } from "../platform.ts";
import type { Role, Session, SessionId } from "../service.ts";
import type { TerminalBody, TerminalChannel } from "./channel.ts";
import { SCROLLBACK_LINES } from "./screen.ts";
import { Terminal } from "./terminal.ts";

class FakeSession implements Session {
  readonly id: SessionId;
  readonly userId = 1;
  readonly name = "ada";
  readonly role: Role;
  hasCap = true;
  queuedBytes = 0;
  /** Frames of output that it has got, and the refs of those that it has not drawn. */
  readonly frames: string[] = [];
  readonly undrawn: string[] = [];
  size = "";

  constructor(id: number, role: Role = "editor") {
    this.id = id as SessionId;
    this.role = role;
  }

  get output(): string {
    return this.frames.join("");
  }
}

class FakeProcess implements Process {
  readonly pid = 1;
  onOutput: Process["onOutput"] = () => {};
  onExit: Process["onExit"] = () => {};
  isPaused = false;
  size = "";
  input = "";
  write(bytes: Uint8Array): void {
    this.input += Buffer.from(bytes).toString();
  }
  endInput(): void {}
  resize(cols: number, rows: number): void {
    this.size = `${cols}x${rows}`;
  }
  setMode(): Promise<void> {
    return Promise.resolve();
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  kill(): void {}
  say(text: string): void {
    this.onOutput(encodeUtf8(text));
  }
}

async function start() {
  const clock = new FakeClock();
  const process = new FakeProcess();
  const processes = {
    shell: ["sh"] as const,
    spawn: ({ command: [program] }: { readonly command: readonly string[] }) =>
      program === "sh"
        ? Promise.resolve(process)
        : Promise.reject(new RequestError("not-found", "not found")),
  };
  const sessions = new Set<FakeSession>();
  const channel: TerminalChannel = {
    sessions,
    send(to: Session, body: TerminalBody, ref?: string): void {
      const session = to as FakeSession;
      if (body.case === "output") session.frames.push(body.value);
      if (body.case === "resizeTerm") session.size = `${body.value.cols}x${body.value.rows}`;
      if (ref !== undefined) session.undrawn.push(ref);
    },
    broadcast(): void {},
  };
  const terminal = new Terminal(memoryPlatform({ clock, processes }), channel);
  await terminal.start({ command: ["sh"] }, {});
  const join = (session: FakeSession): FakeSession => {
    sessions.add(session);
    terminal.attach(session);
    return session;
  };
  const draw = (session: FakeSession, count = session.undrawn.length): void => {
    for (const ref of session.undrawn.splice(0, count)) terminal.acknowledge(session, ref);
  };
  return { clock, process, terminal, join, draw };
}

/** Output of 64 Ki characters that the screen skims off. */
const lines = "line of output\r\n".repeat(4096);
/** The same, but it has to be read. */
const frame = `${"\x1b[H"}${"x".repeat(64 * 1024 - 3)}`;
const FRAMES_TO_BE_BEHIND = 8;

describe("output of a terminal", () => {
  it("[SH2] goes out at once after a silence, then gathers", async () => {
    const { clock, process, join } = await start();
    const ada = join(new FakeSession(2));
    process.say("a");
    expect(ada.frames).toEqual(["a"]);
    process.say("b");
    process.say("c");
    clock.advance(3);
    expect(ada.frames).toEqual(["a"]);
    clock.advance(1);
    expect(ada.frames).toEqual(["a", "bc"]);
    clock.advance(100);
    process.say("d");
    expect(ada.frames).toEqual(["a", "bc", "d"]);
  });

  it("[SH2] comes in frames of at most 64 Ki characters", async () => {
    const { clock, process, join, draw } = await start();
    const ada = join(new FakeSession(2));
    for (let i = 0; i < 100; i++) {
      process.say("y\r\n".repeat(1365));
      draw(ada);
    }
    clock.advance(10);
    expect(ada.frames.length).toBeLessThan(10);
    expect(Math.max(...ada.frames.map((text) => text.length))).toBeLessThanOrEqual(64 * 1024);
    expect(ada.output).toBe("y\r\n".repeat(136_500));
  });

  it("[SH2] does not split characters, nor sequences whose rest follows", async () => {
    const { clock, process, join } = await start();
    const ada = join(new FakeSession(2));
    const smile = encodeUtf8("🙂");
    process.onOutput(smile.subarray(0, 2));
    clock.advance(100);
    process.onOutput(smile.subarray(2));
    expect(ada.frames).toEqual(["🙂"]);
    clock.advance(100);
    process.say("red\x1b[3");
    process.say("1m!");
    clock.advance(100);
    expect(ada.frames).toEqual(["🙂", "red", "\x1b[31m!"]);
    process.say("\x1b");
    clock.advance(100);
    expect(ada.frames.at(-1)).toBe("\x1b");
  });
});

describe("flow", () => {
  it("[SH5] stops the program while nobody draws, until somebody has", async () => {
    const { process, join, draw } = await start();
    const ada = join(new FakeSession(2));
    for (let i = 1; i < FRAMES_TO_BE_BEHIND; i++) process.say(lines);
    expect(process.isPaused).toBe(false);
    process.say(lines);
    expect(process.isPaused).toBe(true);
    draw(ada, 5);
    expect(process.isPaused).toBe(true);
    draw(ada, 1);
    expect(process.isPaused).toBe(false);
    expect(ada.frames.length).toBe(FRAMES_TO_BE_BEHIND);
  });

  it("[SH4] takes an acknowledgement for all that came before", async () => {
    const { clock, process, terminal, join } = await start();
    const ada = join(new FakeSession(2));
    for (let i = 0; i < FRAMES_TO_BE_BEHIND; i++) process.say(frame);
    terminal.acknowledge(ada, ada.undrawn.at(-1) ?? "");
    clock.advance(50);
    expect(process.isPaused).toBe(false);
    terminal.acknowledge(ada, "drawn:nothing");
    expect(process.isPaused).toBe(false);
  });

  it("[SH4] goes by the queue of a session without hasCap", async () => {
    const { clock, process, join } = await start();
    const ada = new FakeSession(2);
    ada.hasCap = false;
    join(ada);
    process.say("text");
    expect(ada.undrawn).toEqual([]);
    ada.queuedBytes = 1024 * 1024;
    clock.advance(10);
    process.say("more");
    expect(process.isPaused).toBe(true);
    ada.queuedBytes = 0;
    clock.advance(50);
    expect(process.isPaused).toBe(false);
    expect(ada.output).toBe("textmore");
  });

  it("[SH5] sends one who fell behind the screen when it has caught up", async () => {
    const { clock, process, join, draw } = await start();
    const ada = join(new FakeSession(2));
    const lin = join(new FakeSession(3));
    for (let i = 0; i < 40; i++) {
      process.say(`${frame}\x1b[${i % 20};1Hframe ${i}`);
      clock.advance(50);
      draw(ada);
    }
    expect(lin.frames.length).toBeLessThan(20);
    const [seen, caughtUp] = [ada, lin].map(() =>
      createTerminal({ cols: 80, rows: 24, scrollback: SCROLLBACK_LINES }),
    );
    if (seen === undefined || caughtUp === undefined) throw new Error("two terminals");
    draw(lin);
    expect(lin.output).toContain("\x1bc");
    feed(seen, ada.output);
    feed(caughtUp, lin.output);
    expect(stateOf(caughtUp)).toBe(stateOf(seen));
  });

  it("[SH5] waits ten seconds for one who takes nothing, and no longer", async () => {
    const { clock, process, join, draw } = await start();
    const ada = join(new FakeSession(2));
    for (let i = 0; i < FRAMES_TO_BE_BEHIND; i++) process.say(frame);
    clock.advance(9_000);
    expect(process.isPaused).toBe(true);
    clock.advance(1_100);
    expect(process.isPaused).toBe(false);
    const got = ada.frames.length;
    process.say(frame);
    expect(ada.frames.length).toBe(got);
    draw(ada);
    clock.advance(100);
    expect(ada.frames.at(got)).toMatch(/^\x1bc/); // oxlint-disable-line no-control-regex -- a reset
  });

  it("goes on for nobody, and costs no more than a screen", async () => {
    const { process } = await start();
    for (let i = 0; i < 2000; i++) process.say("line after line\r\n".repeat(200));
    expect(process.isPaused).toBe(false);
  });

  it("rests after output that was work", async () => {
    const { clock, process } = await start();
    for (let i = 0; i < 5; i++) process.say(frame);
    expect(process.isPaused).toBe(true);
    clock.advance(40);
    expect(process.isPaused).toBe(false);
  });
});

describe("size and keyboard", () => {
  it("[SH6] belong to who typed last", async () => {
    const { process, terminal, join } = await start();
    const ada = join(new FakeSession(2));
    expect(ada.size).toBe("80x24");
    terminal.resize(ada, 100, 30);
    expect([process.size, ada.size]).toEqual(["100x30", "100x30"]);
    const lin = join(new FakeSession(3));
    expect(lin.size).toBe("100x30");
    terminal.resize(lin, 60, 20);
    expect(process.size).toBe("100x30");
    terminal.input(lin, "l");
    expect([process.size, ada.size, lin.size]).toEqual(["60x20", "60x20", "60x20"]);
    terminal.resize(ada, 120, 40);
    expect(process.size).toBe("60x20");
    terminal.detach(lin);
    expect(process.size).toBe("120x40");
  });

  it("[SH6] ignore a pane without a size, and limit a huge one", async () => {
    const { process, terminal, join } = await start();
    const ada = join(new FakeSession(2));
    terminal.resize(ada, 0, 0);
    expect(process.size).toBe("");
    terminal.resize(ada, 100_000, 100_000);
    expect(process.size).toBe("1000x500");
  });

  it("[SH12] never belong to a viewer", async () => {
    const { process, terminal, join } = await start();
    const viewer = join(new FakeSession(2, "viewer"));
    terminal.resize(viewer, 60, 20);
    expect(process.size).toBe("");
  });

  it("[SH13] let only the owner's terminal answer the program", async () => {
    const { process, terminal, join } = await start();
    const ada = join(new FakeSession(2));
    const lin = join(new FakeSession(3));
    for (const report of ["\x1b[?1;2c", "\x1b[5;10R", "\x1b]11;rgb:00/00/00\x1b\\", "\x1b[I"]) {
      terminal.input(lin, report);
      expect(process.input).toBe("");
      terminal.input(ada, report);
      expect(process.input).toBe(report);
      process.input = "";
    }
    terminal.input(lin, "\x1b[A");
    terminal.input(ada, "\x1b[?1;2c");
    expect(process.input).toBe("\x1b[A");
  });
});
