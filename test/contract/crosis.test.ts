import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConnectionState } from "@replit/crosis";
import { api } from "@replit/protocol";
import { WebSocket } from "ws";
import { createContainer, type Container } from "#container/container.ts";
import { chat } from "#container/services/chat.ts";
import { presence } from "#container/services/presence.ts";
import { connectCrosis, type CrosisClient } from "#test/helpers/crosisClient.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { startTestServer, type TestServer } from "#test/helpers/testServer.ts";

const { ATTACH } = api.OpenChannel.Action;
const { HANDSHAKE, ACQUIRING, COMPLETE } = api.BootStatus.Stage;

/** Answers `input` by `output` to all, and everything with a ref by `ok`. */
const echo = fakeService("shell", {
  lingerMs: 60_000,
  handle: (body, _from, reply, { channel }) => {
    if (body.case === "input") channel.broadcast({ case: "output", value: body.value });
    reply({ case: "ok", value: {} });
  },
});

describe("the public client library", () => {
  const servers: TestServer[] = [];
  const clients: CrosisClient[] = [];
  let container: Container;
  let server: TestServer;

  async function start(): Promise<readonly [Container, TestServer]> {
    const made = createContainer({
      platform: memoryPlatform(),
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [echo, chat, presence],
    });
    const started = await startTestServer(made);
    servers.push(started);
    return [made, started];
  }

  async function connect(token: string): Promise<CrosisClient> {
    const client = await connectCrosis(server.url, token);
    clients.push(client);
    return client;
  }

  beforeEach(async () => {
    echo.calls.length = 0;
    [container, server] = await start();
  });

  afterEach(async () => {
    for (const { client } of clients.splice(0)) client.destroy();
    await Promise.all(servers.splice(0).map((each) => each.close()));
  });

  it("[CN1] [CN3] connects, and sees the stages of the boot in order", async () => {
    const { client, stages, ...owner } = await connect("owner");
    expect(stages.slice(0, 3)).toEqual([HANDSHAKE, ACQUIRING, COMPLETE]);
    expect(client.getConnectionState()).toBe(ConnectionState.CONNECTED);
    expect([...container.sessions].map(({ role }) => role)).toEqual(["owner"]);
    await owner.close();
    expect(client.getConnectionState()).toBe(ConnectionState.DISCONNECTED);
  });

  it("[CN18] gets a pong with its ref", async () => {
    const { client } = await connect("editor");
    const pong = await client.getChannel(0).request({ ping: {} });
    expect(pong).toMatchObject({ channel: 0, session: 2, pong: {} });
  });

  it("[CH5] meets others in a channel of one name, and gets its own of none", async () => {
    const [a, b] = [await connect("editor"), await connect("editor")];
    const [first, second] = [await a.open("shell", "sheller"), await b.open("shell", "sheller")];
    const [own, other] = [await a.open("shell"), await b.open("shell")];
    expect(first.channel.id).toBe(second.channel.id);
    expect(new Set([first, own, other].map(({ channel }) => channel.id)).size).toBe(3);

    const heard = new Promise((resolve) => {
      second.channel.onCommand(({ output }) => resolve(output));
    });
    expect(await first.channel.request({ input: "hello" })).toMatchObject({ ok: {} });
    expect(await heard).toBe("hello");
  });

  it("[CH6] closes a channel and opens it again", async () => {
    const client = await connect("editor");
    const first = await client.open("shell", "sheller");
    const pending = first.close();
    const second = await client.open("shell", "sheller");
    await pending;
    expect(first.channel.status).toBe("closed");
    expect(second.channel.id).not.toBe(first.channel.id);
    expect(await second.channel.request({ input: "x" })).toMatchObject({ ok: {} });
  });

  it("[CH1] attaches to what is there, and cannot to what is not", async () => {
    const [a, b] = [await connect("editor"), await connect("editor")];
    const made = await a.open("shell", "sheller");
    const attached = await b.open("shell", "sheller", ATTACH);
    expect(attached.channel.id).toBe(made.channel.id);
    await expect(b.open("shell", "nobody", ATTACH)).rejects.toThrow(
      'channel "nobody" does not exist',
    );
  });

  it("[CH10] lives with null and open", async () => {
    const client = await connect("viewer");
    for (const service of ["null", "open"]) {
      const opened = await client.open(service);
      opened.channel.send({ input: "x" });
      await opened.close();
      expect(opened.channel.status).toBe("closed");
    }
  });

  it("[RE2] is told that a viewer may not, and stays connected", async () => {
    const client = await connect("viewer");
    const { channel } = await client.open("shell", "sheller");
    expect(await channel.request({ input: "x" })).toMatchObject({
      error: "permission denied: a viewer may not send input",
    });
    expect(echo.calls).toEqual(["attach 2"]);
  });

  it("[CN9] comes back by itself, with its channels, when the connection is lost", async () => {
    const { client, ...editor } = await connect("editor");
    const { channel } = await editor.open("shell", "sheller");
    const again = new Promise<void>((resolve) => {
      const stop = client.onConnectionStateChange((state) => {
        if (state !== ConnectionState.CONNECTED) return;
        stop();
        resolve();
      });
    });
    (client as unknown as { readonly ws: WebSocket }).ws.terminate();
    await again;
    expect(channel.status).toBe("closed");
    await expect.poll(() => echo.calls).toEqual(["attach 2", "detach 2", "attach 3"]);
  });

  it("[CN19] follows a redirect with the same token", async () => {
    const [elsewhere, target] = await start();
    // The library has the global class in mind when it is redirected.
    globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;
    await connect("owner:ada");
    container.redirect(target.url);
    await expect
      .poll(() => [...elsewhere.sessions].map(({ name, role }) => `${role} ${name}`))
      .toEqual(["owner ada"]);
    await expect.poll(() => container.sessions.size).toBe(0);
  });

  it("[CT1] [PR1] talks to the others, who are shown to it", async () => {
    const [ada, bob] = [await connect("owner:ada"), await connect("viewer:bob")];
    const talk = await ada.open("chat", "chatter");
    const listen = await bob.open("chat", "chatter");
    const heard = new Promise((resolve) => {
      listen.channel.onCommand(({ chatMessage }) => {
        if (chatMessage) resolve(chatMessage);
      });
    });
    talk.channel.send({ chatMessage: { username: "eve", text: "hi" } });
    expect(await heard).toMatchObject({ username: "ada", text: "hi" });

    const { channel } = await ada.open("presence", "presencer");
    const joined = new Promise<unknown>((resolve) => {
      channel.onCommand(({ join }) => join && resolve(join));
    });
    await bob.open("presence", "presencer");
    expect(await joined).toMatchObject({ id: 1, name: "bob", roles: ["viewer"], session: 3 });
  });
});
