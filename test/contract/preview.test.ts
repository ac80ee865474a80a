import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { makeScratch, startHost, type RunningHost } from "#test/helpers/host.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

const scratch = makeScratch();
let host: RunningHost;
let client: FrameClient;

/** Answers with the path, and echoes one frame of a WebSocket by hand; says where it listens. */
const program = `
import { createHash } from "node:crypto";
import { createServer } from "node:http";
const server = createServer((request, response) => response.end("you asked for " + request.url));
server.on("upgrade", (request, socket) => {
  const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n" +
    "Sec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
  socket.write(Buffer.from([0x81, 2, 104, 105]));
});
server.listen(0, "127.0.0.1");
`;

beforeAll(async () => {
  writeFileSync(join(scratch.folder, "server.mjs"), program);
  host = await startHost(["--home", scratch.home, scratch.folder]);
  ({ client } = await dial(host.origin.replace("http", "ws"), await host.tokenFor("editor")));
  await client.ready();
});

afterAll(async () => {
  await host.stop();
  scratch.remove();
});

/** Runs the program; resolves with its port once the room has been told of it. */
async function run(): Promise<{ readonly port: number; readonly channel: number }> {
  const { id } = await client.open("exec");
  client.send(id, { case: "exec", value: { args: ["node", "server.mjs"] } }, "run");
  const { port } = await client.next("portOpen", 0);
  return { port, channel: id };
}

test("[PV1] [PV2] what a program listens on is told to the room and shown to who may see it", async () => {
  const { port } = await run();
  const answer = await host.api(`preview?port=${port}`);
  expect(answer.status).toBe(200);
  const { url, link } = (await answer.json()) as { url: string; link: string };
  const [cookie = ""] = answer.headers.getSetCookie();
  expect(new URL(url).origin).not.toBe(host.origin);
  expect(cookie).toMatch(/; HttpOnly; SameSite=Lax$/);

  const headers = { Cookie: cookie.split(";", 1)[0] ?? "" };
  expect(await (await fetch(`${url}deep/path?x=1`, { headers })).text()).toBe(
    "you asked for /deep/path?x=1",
  );
  expect((await fetch(url)).status).toBe(403);

  const followed = await fetch(link, { redirect: "manual" });
  expect([followed.status, followed.headers.get("location")]).toEqual([303, "/"]);

  const socket = new WebSocket(url.replace("http", "ws"), { headers });
  const [message] = (await once(socket, "message")) as [Buffer];
  expect(message.toString()).toBe("hi");
  socket.close();
});

test("[PV2] nothing is shown that no program listens on", async () => {
  for (const port of ["1", "0", "-1", "x", "", "70000", new URL(host.origin).port]) {
    expect((await host.api(`preview?port=${port}`)).status).toBe(404);
  }
});

test("[PV6] a preview waits for a program that has ended", async () => {
  client.send(0, { case: "hasCap", value: true });
  const { port, channel } = await run();
  const answer = await host.api(`preview?port=${port}`);
  const { url } = (await answer.json()) as { url: string };
  const headers = {
    Cookie: answer.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "",
    Accept: "text/html",
  };
  expect((await fetch(url, { headers })).status).toBe(200);
  client.send(0, { case: "closeChan", value: { id: channel } });
  await client.take(({ body }) => body.case === "portClose" && body.value.port === port);
  const waiting = await fetch(url, { headers });
  expect([waiting.status, await waiting.text()]).toEqual([
    502,
    expect.stringContaining(`Nothing answers on port ${port}`),
  ]);
});
