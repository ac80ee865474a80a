import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_FRAME_BYTES } from "#common/wire/codec.ts";
import { createContainer, type Container } from "#container/container.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { startTestServer, type TestServer } from "#test/helpers/testServer.ts";
import { dial, type DialledClient } from "#test/helpers/webSocketClient.ts";

/** Sends as many frames of 64 KiB to all as it is told, and says how much then waits for each. */
const flood = fakeService("exec", {
  handle: (body, _from, reply, { channel }) => {
    if (body.case !== "exec") return;
    const value = "x".repeat(65_536);
    for (let i = 0; i < Number(body.value.args[0]); i++) {
      channel.broadcast({ case: "output", value });
    }
    reply({ case: "ok", value: {} });
  },
});

describe("a WebSocket", () => {
  let clock: FakeClock;
  let container: Container;
  let server: TestServer;
  const dialled: DialledClient[] = [];

  async function join(token = "editor"): Promise<DialledClient> {
    const joined = await dial(server.url, token);
    dialled.push(joined);
    await joined.client.ready();
    return joined;
  }

  beforeEach(async () => {
    clock = new FakeClock();
    container = createContainer({
      platform: memoryPlatform({ clock }),
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [flood],
      limits: { queuedBytes: 8 * 1024 * 1024 },
    });
    server = await startTestServer(container, { clock });
  });

  afterEach(async () => {
    for (const { socket } of dialled.splice(0)) socket.terminate();
    await server.close();
  });

  it("[CN1] has no subprotocol and no compression, and takes no text", async () => {
    const { client, socket } = await join();
    expect([socket.protocol, socket.extensions]).toEqual(["", ""]);
    for (let i = 0; i < 20; i++) socket.send("text");
    await client.ping();
    expect(client.received).toEqual([]);
  });

  it("[CN9] is cut when it has not answered pings for 30 s", async () => {
    const silent = await join();
    const lively = await join();
    silent.socket.pause();
    for (let passed = 0; passed < 30; passed += 10) {
      expect(container.sessions.size).toBe(2);
      const pinged = once(lively.socket, "ping");
      clock.advance(10_000);
      if (passed < 20) await pinged;
      await lively.client.ping();
    }
    expect([...container.sessions].map(({ id }) => id)).toEqual([lively.client.session]);
  });

  it("[CN9] leaves nothing behind, however it ends", async () => {
    const ends: ((joined: DialledClient) => void)[] = [
      ({ socket }) => socket.close(),
      ({ socket }) => socket.close(4999, "own reasons"),
      ({ socket }) => socket.terminate(),
    ];
    for (const end of ends) end(await join());
    await expect.poll(() => container.sessions.size, { timeout: 10_000 }).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it("[CN4] drops a frame over the limit, and is closed by one far over it", async () => {
    const { client, socket } = await join();
    const other = await join();
    socket.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    await client.ping();
    socket.send(new Uint8Array(2 * MAX_FRAME_BYTES + 1));
    expect(await client.closed).toMatchObject({ code: 1009 });
    await other.client.ping();
    expect(container.sessions.size).toBe(1);
  });

  it("[CN8] that is not read fills up to its bound, and is sent away without slowing others", async () => {
    const stuck = await join();
    const quick = await join();
    const { id } = await stuck.client.open("exec", "shared");
    await quick.client.open("exec", "shared");
    stuck.socket.pause();
    const [slow] = container.sessions;
    for (let sent = 0; container.sessions.size === 2; sent++) {
      expect(sent).toBeLessThan(100);
      const { body } = await quick.client.request(id, {
        case: "exec",
        value: { args: ["16"] },
      });
      expect(body.case).toBe("ok");
      expect(slow?.queuedBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
      quick.client.received.length = 0;
    }
    expect([...container.sessions].map((session) => session.id)).toEqual([quick.client.session]);
    stuck.socket.resume();
    await stuck.client.closed;
  });

  it("[CN5] survives bytes that are no WebSocket at all", async () => {
    const other = await join();
    const { port } = new URL(server.url);
    const socket = connectTcp(Number(port), "127.0.0.1");
    socket.write(
      "GET /wsv2/editor HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    await once(socket, "data");
    socket.on("error", () => {});
    socket.write(Buffer.alloc(1000, 0xff));
    socket.resume();
    await once(socket, "close");
    await other.client.ping();
    expect(container.sessions.size).toBe(1);
  });
});
