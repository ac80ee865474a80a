import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { encodeCommand, MAX_FRAME_BYTES } from "#common/wire/codec.ts";
import { createContainer } from "#container/container.ts";
import { chat } from "#container/services/chat.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { startTestServer, type TestServer } from "#test/helpers/testServer.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

/** Fewer than usual, as ten frames of 16 MiB take their time. */
const BAD_FRAMES = 4;

type Attack = (client: FrameClient, channel: number) => void;

const aFrame = encodeCommand({
  channel: 1,
  body: { case: "chatMessage", value: { username: "somebody", text: "a text of some length" } },
});

function sendRandom(client: FrameClient): void {
  const random = mulberry32(7);
  for (let i = 0; i < 500; i++) {
    const length = randomBelow(random, 400);
    client.sendFrame(Uint8Array.from({ length }, () => randomBelow(random, 256)));
  }
}

/** Frames with which a session loses its connection, and nothing else is to happen. */
const fatal: Readonly<Record<string, Attack>> = {
  "truncated frames": (client) => {
    for (let end = 1; end < aFrame.length; end++) client.sendFrame(aFrame.slice(0, end));
  },
  "random frames": sendRandom,
  "oversized frames": (client) => {
    for (let i = 0; i < BAD_FRAMES; i++) client.sendFrame(new Uint8Array(MAX_FRAME_BYTES + 1));
  },
  "a frame too large to be read": (client) => {
    client.sendFrame(new Uint8Array(3 * MAX_FRAME_BYTES));
  },
  "frames for channels that are not open": (client) => {
    for (const channel of [2, 99, -1, 2_147_483_647, -2_147_483_648]) {
      client.send(channel, { case: "input", value: "x" }, "ref");
    }
  },
};

/** Frames that are answered or ignored. */
const harmless: Readonly<Record<string, Attack>> = {
  "frames without a body": (client) => {
    for (let channel = 0; channel < 500; channel++) client.sendFrame(encodeCommand({ channel }));
  },
  "ten thousand opened channels": (client) => {
    for (let i = 0; i < 10_000; i++) {
      client.send(0, { case: "openChan", value: { service: "chat" } }, `ref ${i}`);
    }
  },
  "bodies of other services": (client, channel) => {
    client.send(channel, { case: "exec", value: { args: ["rm"] } }, "ref");
    client.send(0, { case: "ot", value: {} }, "ref");
  },
  "bodies that only the container sends": (client, channel) => {
    client.send(0, { case: "containerState", value: {} });
    client.send(0, { case: "redirect", value: { url: "ws://evil" } });
    client.send(channel, { case: "chatScrollback", value: { scrollback: [{ text: "forged" }] } });
  },
  "the session of somebody else": (client, channel) => {
    const value = { username: "neighbour", text: "I am you" };
    client.sendFrame(encodeCommand({ channel, session: 2, body: { case: "chatMessage", value } }));
  },
};

describe("whatever one client sends", () => {
  let server: TestServer;
  const sockets: { terminate(): void }[] = [];

  async function join(token: string) {
    const { client, socket } = await dial(server.url, token);
    sockets.push(socket);
    await client.ready();
    const { id } = await client.open("chat", "chatter");
    return { client, id };
  }

  /** Talks all the while, and is to be answered each time. */
  async function talk(client: FrameClient, id: number, until: Promise<unknown>): Promise<number> {
    let isOver = false;
    void until.then(() => (isOver = true));
    let said = 0;
    while (!isOver || said < 20) {
      const value = { username: "", text: String(said++) };
      const { body } = await client.request(id, { case: "chatMessage", value });
      expect(body.case).toBe("ok");
    }
    return said;
  }

  beforeEach(async () => {
    const container = createContainer({
      platform: memoryPlatform(),
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [chat],
      limits: { badFramesPerMinute: BAD_FRAMES },
    });
    server = await startTestServer(container);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await server.close();
  });

  it.each(Object.entries(fatal))("[CN5] %s end its connection and no other", async (_, attack) => {
    const neighbour = await join("owner:neighbour");
    const listener = await join("viewer:listener");
    const attacker = await join("editor:attacker");
    attack(attacker.client, attacker.id);
    const said = await talk(neighbour.client, neighbour.id, attacker.client.closed);
    expect((await attacker.client.closed).code).toSatisfy((code) => [1008, 1009].includes(code));

    await listener.client.ping();
    const heard = listener.client.received.filter(({ body }) => body.case === "chatMessage");
    expect(heard.map(({ body }) => body.value)).toMatchObject(
      Array.from({ length: said }, (_text, i) => ({ username: "neighbour", text: String(i) })),
    );
    await join("editor:attacker");
  });

  it.each(Object.entries(harmless))("[CN15] [CN16] [CH9] %s do no harm", async (_, attack) => {
    const neighbour = await join("owner:neighbour");
    const attacker = await join("editor:attacker");
    attack(attacker.client, attacker.id);
    const said = await talk(neighbour.client, neighbour.id, attacker.client.ping());
    expect(said).toBeGreaterThanOrEqual(20);
    await neighbour.client.ping();
    const told = neighbour.client.received.filter(({ ref }) => ref === "");
    expect(JSON.stringify(told.map(({ body }) => body))).not.toMatch(/forged|evil|"neighbour"/);
    const { id } = await neighbour.client.open("chat", "another");
    expect(id).toBeGreaterThan(neighbour.id);
  });
});
