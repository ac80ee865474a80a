import { describe, expect, it } from "vitest";
import { createLogger } from "#common/lib/log.ts";
import { decodeCommand, encodeCommand, type CommandInit } from "#common/wire/codec.ts";
import { BootStatus_Stage, ContainerState_State } from "#common/wire/enums.ts";
import type { ConnectionState } from "#protocol/services/control.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { memoryTransports, type MemoryTransport } from "#test/helpers/memoryTransport.ts";
import { backoffMs, Connection, CONNECT_TIMEOUT_MS } from "./connection.ts";
import type { ConnectionAnswer } from "./connectionData.ts";

const data = {
  token: "token",
  gurl: "wss://container.test/some/path?x=1",
  repl: { id: "r", slug: "s", language: "l" },
  role: "editor",
} as const;
const granted: ConnectionAnswer = { kind: "granted", data };

/** A connection whose world is the test. Random is 0, so that waits are exact. */
class Bench {
  readonly clock = new FakeClock();
  readonly states: ConnectionState[] = [];
  readonly calls: string[] = [];
  readonly dialed: string[] = [];
  readonly logged: string[] = [];
  fetches = 0;
  answer: ConnectionAnswer | Promise<ConnectionAnswer> = granted;
  isInUse = true;
  server: MemoryTransport | undefined;
  received: (string | undefined)[] = [];
  readonly connection = new Connection({
    clock: this.clock,
    random: () => 0,
    log: createLogger((_level, message, { tag }) => {
      if (tag === "state") this.logged.push(message);
    }),
    credentials: () => ({ replId: "r", invite: "", guest: "", name: "" }),
    fetchConnection: () => {
      this.fetches += 1;
      return Promise.resolve(this.answer);
    },
    isInUse: () => this.isInUse,
    openTransport: (url) => {
      this.dialed.push(url);
      const [client, server] = memoryTransports((deliver) => deliver());
      this.server = server;
      this.received = [];
      server.onFrame = (frame) => this.received.push(decodeCommand(frame).body.case);
      return client;
    },
    listener: {
      handleState: (state) => this.states.push(state),
      handleReady: () => this.calls.push("ready"),
      handleLost: () => this.calls.push("lost"),
      handleCommand: ({ body }) => this.calls.push(`command ${body.case}`),
      handleLatency: () => {},
    },
  });

  get state(): ConnectionState | undefined {
    return this.states.at(-1);
  }

  say(body: NonNullable<CommandInit["body"]>): void {
    this.server?.send([encodeCommand({ body })]);
  }

  boot(): void {
    this.say({ case: "bootStatus", value: { stage: BootStatus_Stage.HANDSHAKE } });
  }

  ready(): void {
    this.say({ case: "containerState", value: { state: ContainerState_State.READY } });
  }

  sleep(): void {
    this.say({ case: "containerState", value: { state: ContainerState_State.SLEEP } });
  }

  /** Fetching takes a turn. */
  async turn(): Promise<void> {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }

  async connect(): Promise<void> {
    this.connection.retryNow();
    await this.turn();
    this.ready();
  }

  /** A connection that has been good for a while. */
  async connectFirmly(): Promise<void> {
    await this.connect();
    this.clock.advance(5_000);
    this.say({ case: "toast", value: { text: "hello" } });
    this.states.length = 0;
    this.calls.length = 0;
    this.dialed.length = 0;
    this.fetches = 0;
  }

  async advance(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.turn();
  }
}

describe("making a connection", () => {
  it.each([
    ["wss://host.test", "wss://host.test/wsv2/token"],
    ["wss://host.test/", "wss://host.test/wsv2/token"],
    ["wss://host.test/below/here/?x=1", "wss://host.test/below/here/wsv2/token"],
    ["wss://host.test/old/path", "wss://host.test/wsv2/token"],
  ])("[CL1] finds the socket of a container at %s", async (gurl, url) => {
    const bench = new Bench();
    bench.answer = { kind: "granted", data: { ...data, gurl } };
    bench.connection.retryNow();
    await bench.turn();
    expect(bench.dialed).toEqual([url]);
  });

  it("[CL1] asks for data, dials the address with the token for a path, boots and is there", async () => {
    const bench = new Bench();
    bench.connection.retryNow();
    expect(bench.state).toEqual({ kind: "connecting", attempt: 0 });
    await bench.turn();
    expect(bench.dialed).toEqual(["wss://container.test/wsv2/token"]);
    bench.boot();
    expect(bench.state).toEqual({ kind: "booting" });
    bench.ready();
    expect(bench.state).toEqual({ kind: "connected" });
    expect(bench.calls).toEqual(["command bootStatus", "ready", "command containerState"]);
    expect(bench.logged).toEqual([
      "idle → connecting",
      "connecting → booting",
      "booting → connected",
    ]);
  });

  it("[CL2] ends with the host's sentence when it is refused", async () => {
    const bench = new Bench();
    bench.answer = { kind: "refused", reason: "Ask for a new link." };
    bench.connection.retryNow();
    await bench.turn();
    expect(bench.state).toEqual({ kind: "ended", reason: "Ask for a new link." });
    expect(bench.clock.pending).toBe(0);
  });

  it("[CL3] gives up on a container that is silent for ten seconds, each word counting anew", async () => {
    const bench = new Bench();
    bench.connection.retryNow();
    await bench.turn();
    await bench.advance(CONNECT_TIMEOUT_MS - 1);
    bench.boot();
    await bench.advance(CONNECT_TIMEOUT_MS - 1);
    bench.boot();
    await bench.advance(CONNECT_TIMEOUT_MS - 1);
    expect(bench.state).toEqual({ kind: "booting" });
    await bench.advance(1);
    expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
    expect(bench.server?.isOpen).toBe(false);
  });

  it("[CL3] does not wait for ever for a host that never answers", async () => {
    const bench = new Bench();
    bench.answer = new Promise(() => {});
    bench.connection.retryNow();
    await bench.advance(CONNECT_TIMEOUT_MS);
    expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
  });

  it("[CL4] waits longer after each failure, and asks for new data each time", async () => {
    const bench = new Bench();
    bench.answer = { kind: "retry", reason: "busy" };
    bench.connection.retryNow();
    for (const waitMs of [1700, 2890, 4913, 8352.1, 14198.57, 15000, 15000]) {
      await bench.turn();
      const startMs = bench.clock.now();
      const { state } = bench;
      expect(state?.kind === "waiting" ? state.retryAtMs - startMs : undefined).toBeCloseTo(waitMs);
      await bench.advance(waitMs);
    }
    expect(bench.fetches).toBe(8);
    expect(backoffMs(1, () => 0.999)).toBe(1700 + 499);
  });

  it("[CL4] skips the wait when asked to", async () => {
    const bench = new Bench();
    bench.answer = { kind: "retry", reason: "busy" };
    bench.connection.retryNow();
    await bench.turn();
    bench.answer = granted;
    await bench.connect();
    expect(bench.state).toEqual({ kind: "connected" });
    expect(bench.clock.pending).toBe(1);
  });

  it("drops what a former attempt still brings", async () => {
    const bench = new Bench();
    bench.connection.retryNow();
    await bench.turn();
    const [late] = [bench.server];
    await bench.advance(CONNECT_TIMEOUT_MS);
    late?.send([encodeCommand({ body: { case: "containerState", value: { state: 1 } } })]);
    expect(bench.state).toMatchObject({ kind: "waiting" });
  });
});

describe("losing a connection", () => {
  it("[CL4] comes back at once, with the data that it has", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.server?.close(1006, "");
    expect(bench.calls).toEqual(["lost"]);
    expect(bench.state).toEqual({ kind: "connecting", attempt: 0 });
    expect(bench.dialed).toHaveLength(1);
    expect(bench.fetches).toBe(0);
  });

  it("[CL4] slows down when connections are lost as soon as they are made", async () => {
    const bench = new Bench();
    await bench.connect();
    for (let loss = 0; loss < 3; loss++) {
      bench.server?.close(1006, "");
      bench.ready();
      expect(bench.state).toEqual({ kind: "connected" });
    }
    bench.server?.close(1006, "");
    expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
  });

  it.each([
    [4000, "This network may not open this repl."],
    [4002, "This repl cannot be run now."],
    [4004, "Too many repls are open at once."],
  ])("[CL5] ends for good after close code %i, before READY and after it", async (code, text) => {
    const bench = new Bench();
    bench.connection.retryNow();
    await bench.turn();
    bench.server?.close(code, "");
    expect(bench.state).toEqual({ kind: "ended", reason: text });
    await bench.connectFirmly();
    bench.server?.close(code, "No more.");
    expect(bench.state).toEqual({ kind: "ended", reason: "No more." });
    expect(bench.clock.pending).toBe(0);
  });

  it("[CL5] asks for a new token after 1008", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.server?.close(1008, "token expired");
    await bench.turn();
    expect(bench.fetches).toBe(1);
    expect(bench.dialed).toHaveLength(1);
    bench.server?.close(1008, "token expired");
    expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
  });

  it("[CL5] retries after any other code", async () => {
    for (const code of [1001, 1011, 1013, 1014, 4001, 4999]) {
      const bench = new Bench();
      bench.connection.retryNow();
      await bench.turn();
      bench.server?.close(code, "");
      expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
    }
  });

  it("[CL7] reconnects when nothing is heard of the container any more", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.server?.stall(true);
    await bench.advance(30_000);
    expect(bench.calls).toContain("lost");
    expect(bench.dialed.length).toBeGreaterThan(0);
  });

  it("a frame that does not decode ends the connection, not the worker", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.server?.send([new Uint8Array([0xff, 0xff, 0xff])]);
    expect(bench.calls).toEqual(["lost"]);
    expect(bench.state).toMatchObject({ kind: "waiting" });
  });
});

describe("redirects and sleep", () => {
  it("[CL8] follows a redirect with the same token", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.say({ case: "redirect", value: { url: "wss://other.test/x" } });
    expect(bench.dialed).toEqual(["wss://other.test/wsv2/token"]);
    bench.ready();
    expect(bench.state).toEqual({ kind: "connected" });
    bench.clock.advance(5_000);
    bench.say({ case: "pong", value: {} });
    bench.server?.close(1006, "");
    expect(bench.dialed.at(-1)).toBe("wss://other.test/wsv2/token");
    expect(bench.fetches).toBe(0);
  });

  it("[CL8] goes back to the initiator after ten failures", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.say({ case: "redirect", value: { url: "wss://other.test" } });
    for (let failure = 0; failure < 10; failure++) {
      expect(bench.dialed.at(-1)).toBe("wss://other.test/wsv2/token");
      const before = bench.dialed.length;
      bench.server?.close(1006, "");
      while (bench.dialed.length === before) await bench.advance(100);
    }
    expect(bench.dialed.at(-1)).toBe("wss://container.test/wsv2/token");
  });

  it("[CL8] takes an empty address as a call for new data", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.say({ case: "redirect", value: { url: "" } });
    await bench.turn();
    expect(bench.fetches).toBe(1);
    expect(bench.dialed).toEqual(["wss://container.test/wsv2/token"]);
  });

  it("[CL8] does not spin between two hosts that redirect to each other", async () => {
    const bench = new Bench();
    bench.connection.retryNow();
    await bench.turn();
    for (let hop = 0; hop < 4; hop++) bench.say({ case: "redirect", value: { url: "ws://a" } });
    expect(bench.dialed).toHaveLength(4);
    expect(bench.state).toMatchObject({ kind: "waiting" });
  });

  it("[CL8] survives an address that is none", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.say({ case: "redirect", value: { url: "not an address" } });
    expect(bench.state).toMatchObject({ kind: "waiting" });
  });

  it("[CL9] tries again after SLEEP before READY, and heeds the close that follows", async () => {
    const bench = new Bench();
    bench.connection.retryNow();
    await bench.turn();
    bench.sleep();
    await bench.advance(1000);
    expect(bench.state).toMatchObject({ kind: "waiting", attempt: 1 });
    await bench.advance(2000);
    bench.sleep();
    bench.server?.close(4002, "the container could not start");
    expect(bench.state).toEqual({ kind: "ended", reason: "the container could not start" });
  });

  it("[CL9] comes back after SLEEP while somebody works, and else leaves it to them to start", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.sleep();
    expect(bench.state).toMatchObject({ kind: "waiting" });

    const idle = new Bench();
    await idle.connectFirmly();
    idle.isInUse = false;
    idle.sleep();
    expect(idle.state).toEqual({ kind: "ended", reason: "This repl is asleep." });
    await idle.connect();
    expect(idle.state).toEqual({ kind: "connected" });
  });
});

describe("the network and the user", () => {
  it("says offline where the browser does, goes on trying, and hurries when that ends", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.connection.setOnline(false);
    expect(bench.states).toEqual([]);
    bench.answer = { kind: "retry", reason: "unreachable" };
    bench.server?.close(1006, "");
    bench.server?.close(1006, "");
    await bench.turn();
    expect(bench.state).toEqual({ kind: "offline" });
    const before = bench.dialed.length + bench.fetches;
    await bench.advance(60_000);
    expect(bench.dialed.length + bench.fetches).toBeGreaterThan(before);
    expect(bench.state).toEqual({ kind: "offline" });
    bench.answer = granted;
    bench.connection.setOnline(true);
    await bench.turn();
    bench.ready();
    expect(bench.state).toEqual({ kind: "connected" });
  });

  it("[CL33] tries at once when the network is back or somebody looks at the page", async () => {
    const bench = new Bench();
    bench.answer = { kind: "retry", reason: "unreachable" };
    bench.connection.retryNow();
    await bench.turn();
    bench.connection.wake();
    await bench.turn();
    expect(bench.fetches).toBe(2);
    bench.connection.setOnline(false);
    bench.answer = new Promise(() => {});
    bench.connection.wake();
    bench.answer = granted;
    bench.connection.setOnline(true);
    await bench.turn();
    expect(bench.fetches).toBe(4);
    // Nor does it wait for a socket that was opened in the network before.
    bench.connection.setOnline(false);
    bench.connection.setOnline(true);
    await bench.turn();
    expect(bench.dialed).toHaveLength(2);
    bench.ready();
    expect(bench.state).toEqual({ kind: "connected" });
  });

  it("[CL33] leaves what has ended as it is, and what is up in peace", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.received = [];
    bench.connection.wake();
    expect(bench.received).toEqual(["ping"]);
    expect(bench.state).toBeUndefined();
    bench.connection.leave();
    bench.connection.wake();
    bench.connection.setOnline(false);
    bench.connection.setOnline(true);
    await bench.turn();
    expect(bench.dialed).toEqual([]);
    expect(bench.state?.kind).toBe("ended");
  });

  it("[CL7] probes an established connection when asked to hurry", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.server?.stall(true);
    bench.connection.retryNow();
    await bench.advance(5_000);
    expect(bench.calls).toContain("lost");
  });

  it("[CL6] says goodbye when the user leaves, and stays away", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    bench.connection.leave();
    expect(bench.received).toContain("goodbye");
    expect(bench.server?.isOpen).toBe(false);
    expect(bench.state).toEqual({ kind: "ended", reason: "You have left." });
    await bench.advance(60_000);
    expect(bench.dialed).toEqual([]);
  });

  it("sends nothing that is larger than a frame may be", async () => {
    const bench = new Bench();
    await bench.connectFirmly();
    const content = new Uint8Array(16 * 1024 * 1024);
    const write = { case: "write", value: { path: "a", content } } as const;
    expect(bench.connection.send({ channel: 1, body: write })).toBe(false);
    expect(bench.received).not.toContain("write");
    expect(bench.connection.send({ body: { case: "ping", value: {} } })).toBe(true);
  });

  it("a listener that asks for more inside a call is heard after it", async () => {
    const bench = new Bench();
    const order: string[] = [];
    const { connection } = bench;
    const states = bench.states;
    states.push = (...pushed) => {
      order.push(`told ${pushed[0]?.kind}`);
      if (pushed[0]?.kind === "booting") connection.leave();
      order.push(`end of ${pushed[0]?.kind}`);
      return Array.prototype.push.apply(states, pushed);
    };
    connection.retryNow();
    await bench.turn();
    bench.boot();
    expect(order).toEqual([
      "told connecting",
      "end of connecting",
      "told booting",
      "end of booting",
      "told ended",
      "end of ended",
    ]);
  });
});
