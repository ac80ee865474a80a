import { MemoryBrowser } from "#test/helpers/memoryJournal.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeWebSocket } from "ws";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Transport } from "#common/wire/transport.ts";
import { systemClock } from "#container/node/clock.ts";
import { chat } from "#container/services/chat.ts";
import { files } from "#container/services/files.ts";
import { fsevents } from "#container/services/fsevents.ts";
import { ot } from "#container/services/ot.ts";
import { presence } from "#container/services/presence.ts";
import { createContainer } from "#container/container.ts";
import { parseReplPath } from "#container/paths.ts";
import { transferables, type FromWorker, type ToWorker } from "#protocol/bridge.ts";
import { createClient, type Client, type ClientEvent } from "#protocol/client.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { startTestServer, type TestServer } from "#test/helpers/testServer.ts";
import { Editor } from "#test/helpers/editor.ts";
import { createProtocolWorker } from "../protocolWorker.ts";
import { openWebSocket } from "./websocket.ts";

function dial(url: string): Transport {
  return openWebSocket(url, (to) => {
    const socket = new NodeWebSocket(to);
    // In a browser an error that nobody listens to is none.
    socket.on("error", () => {});
    return socket as unknown as WebSocket;
  });
}

describe("the whole client over real sockets and a real bridge", () => {
  const platform = memoryPlatform({ clock: systemClock });
  let server: TestServer;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    const container = createContainer({
      platform,
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [chat, files, fsevents, ot, presence],
    });
    server = await startTestServer(container, {
      identify: (token) => ({ userId: Number(token), name: token, role: "editor", guest: true }),
    });
  });

  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await server.close();
  });

  function bring(userId: number) {
    const { port1, port2 } = new MessageChannel();
    const events: ClientEvent[] = [];
    const links: Transport[] = [];
    const worker = createProtocolWorker({
      clock: systemClock,
      random: mulberry32(userId),
      log: silentLogger,
      createFetchConnection: () => () =>
        Promise.resolve({
          kind: "granted",
          data: {
            token: String(userId),
            gurl: server.url,
            repl: { id: "repl", slug: "sample", language: "nodejs" },
            role: "editor",
          },
        }),
      openTransport: (url) => {
        const link = dial(url);
        links.push(link);
        return link;
      },
      scheduleFrame: (callback) => systemClock.after(16, callback),
      post: (messages: readonly FromWorker[]) =>
        port2.postMessage(messages, transferables(messages)),
    });
    port2.onmessage = ({ data }: MessageEvent<readonly ToWorker[]>) => worker.receive(data);
    const client: Client = createClient({
      port: port1,
      clock: systemClock,
      random: mulberry32(userId + 100),
      log: silentLogger,
      journal: new MemoryBrowser().openPage(),
      start: { replId: "repl", invite: "", guest: "", origin: "http://h", name: "" },
    });
    client.onEvents((batch) => events.push(...batch));
    closers.push(() => {
      client.connection.leave();
      setTimeout(() => port1.close(), 50);
    });
    return { client, events, links };
  }

  it("[OT6] edits one text together, and comes back after the socket is cut", async () => {
    await platform.files.write(parseReplPath("a"), encodeUtf8("hello 😀"));
    const people = [bring(1), bring(2)];
    const editors: Editor[] = [];
    for (const { client } of people) {
      const opened = await client.ot.openDocument("a");
      if (!opened.ok) throw opened.error;
      editors.push(new Editor(opened.value));
    }
    const [ada, bob] = editors;
    for (let i = 0; i < 20; i++) {
      ada?.type(0, "a");
      bob?.append("😀");
    }
    people[0]?.links[0]?.close(4999, "cut");
    ada?.append("!");
    await vi.waitFor(() => {
      expect(ada?.text).toBe(bob?.text);
      expect(ada?.document.state).toEqual({ kind: "live", unsent: 0 });
      expect(bob?.document.state).toEqual({ kind: "live", unsent: 0 });
    }, 10_000);
    expect(people[0]?.links).toHaveLength(2);
    expect(ada?.text).toMatch(/^a{20}hello /);
    await ada?.document.flush();
    const onDisk = new TextDecoder().decode(await platform.files.read(parseReplPath("a")));
    expect(onDisk).toBe(ada?.text);
  });

  it("[CN1] moves one frame in each binary message, large ones too", async () => {
    const { client } = bring(3);
    // Reading waits for the connection; writing, which does not, follows it.
    expect(await client.files.stat("big")).toMatchObject({ ok: true });
    const content = new Uint8Array(5_000_000).map((_, i) => i % 251);
    expect(await client.files.write("big", content)).toMatchObject({ ok: true });
    const read = await client.files.read("big");
    expect(read.ok && Buffer.from(read.value).equals(Buffer.from(content))).toBe(true);
    expect(content).toHaveLength(5_000_000);
  });

  it("[CL5] tells of a socket that cannot be opened, and of how one was closed", async () => {
    const refused = dial("ws://127.0.0.1:1/wsv2/1");
    const code = await new Promise((resolve) => (refused.onClose = resolve));
    expect(code).toBe(1006);
    refused.send([new Uint8Array([1])]);
    expect(refused.queuedBytes).toBe(0);

    const own = dial(`${server.url}/wsv2/9`);
    const closes: number[] = [];
    own.onClose = (closed) => closes.push(closed);
    await new Promise<void>((resolve) => (own.onFrame = () => resolve()));
    own.close(1000, "enough");
    own.close(1000, "again");
    expect(closes).toEqual([1000]);
  });
});
