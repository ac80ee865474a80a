import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { parsePreviewNames } from "./previewNames.ts";
import { Previews, type PreviewAccess } from "./previews.ts";

const REPL = "repl-1";
const app = { secure: false, hostname: "127.0.0.1", host: "127.0.0.1:4000", prefix: "" };
const key = generateKeyPairSync("ed25519").privateKey;

const options = {
  key,
  address: "127.0.0.1",
  firstPort: 0,
  names: undefined,
  trustProxy: false,
} as const;

let clock: FakeClock;
let previews: Previews;
let program: Server;
let port: number;

beforeEach(async () => {
  clock = new FakeClock();
  previews = new Previews({ ...options, clock });
  program = createServer();
  port = await listen(program);
  await previews.open(REPL, { port, address: "127.0.0.1" });
});

afterEach(async () => {
  await previews.closeAll();
  program.closeAllConnections();
  program.close();
});

async function listen(server: Server, wanted = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(wanted, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function access(): PreviewAccess {
  const granted = previews.grant(REPL, port, app);
  if (granted === undefined) throw new Error("no preview");
  return granted;
}

const cookieOf = ({ cookie = "" }: PreviewAccess) => cookie.split(";", 1)[0] ?? "";

interface Answer extends IncomingMessage {
  text: string;
}

interface Options {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly cookie?: string;
  readonly body?: string;
}

/** A request of a browser that has the cookie, unless another is given. */
function get(path: string, options: Options = {}): Promise<Answer> {
  const { url } = access();
  const { method = "GET", headers = {}, cookie = cookieOf(access()), body } = options;
  return new Promise((resolve, reject) => {
    const target = { host: "127.0.0.1", port: new URL(url).port, path, method, agent: false };
    request({ ...target, headers: { ...headers, Cookie: cookie } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(Object.assign(response, { text }))).on("error", reject);
    })
      .on("error", reject)
      .end(body);
  });
}

/** Has the program answer every request the same way; resolves with the first one. */
function serve(
  headers: Record<string, string | string[]> = {},
  body = "page",
  status = 200,
): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    program.on("request", (incoming: IncomingMessage, response) => {
      resolve(incoming);
      response.writeHead(status, headers).end(body);
    });
  });
}

test("[PV1] a program is found on an origin of its own, with absolute paths as they are", async () => {
  const seen = serve();
  const answer = await get("/deep/path?x=1&y=%20");
  expect([answer.statusCode, answer.text]).toEqual([200, "page"]);
  expect((await seen).url).toBe("/deep/path?x=1&y=%20");
  expect(access().url).not.toContain(":4000");
});

test("[PV1] the address of a preview stays when the program starts again", async () => {
  const before = access().url;
  previews.close(REPL, port);
  await previews.open(REPL, { port, address: "127.0.0.1" });
  expect(access().url).toBe(before);
  expect(previews.grant("repl-2", port, app)).toBeUndefined();
  expect(previews.grant(REPL, port + 1, app)).toBeUndefined();
});

test("[PV1] a program that listens on every address is reached", async () => {
  void serve();
  await previews.open(REPL, { port, address: "0.0.0.0" });
  expect((await get("/")).text).toBe("page");
});

test("[PV2] nobody sees a preview without a pass", async () => {
  let reached = false;
  program.on("request", () => (reached = true));
  const name = cookieOf(access()).split("=", 1)[0] ?? "";
  const cookies = ["", `${name}=`, `${name}=x.y`, `${cookieOf(access())}x`, `x=1; ${name}x=1`];
  for (const cookie of cookies) {
    const answer = await get("/", { cookie });
    expect(answer.statusCode).toBe(403);
    expect(answer.text).toContain("private");
    expect((await get("/?tandem-preview=x.y", { cookie })).headers["set-cookie"]).toBeUndefined();
  }
  expect(reached).toBe(false);
});

test("[PV2] a link lets another browser in, and its key is gone from the address", async () => {
  void serve();
  const { link } = access();
  const path = link.slice(new URL(link).origin.length);
  const redirect = await get(path.replace("/?", "/a?b=1&"), { cookie: "" });
  expect([redirect.statusCode, redirect.headers.location]).toEqual([303, "/a?b=1"]);
  const [cookie = ""] = redirect.headers["set-cookie"] ?? [];
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$/);
  expect((await get("/a", { cookie: cookie.split(";", 1)[0] ?? "" })).text).toBe("page");
});

test("[PV2] a link is good for ten minutes, what it led to for longer", async () => {
  void serve();
  const { link } = access();
  const cookie = cookieOf(access());
  clock.advance(10 * 60_000);
  const late = await get(link.slice(new URL(link).origin.length), { cookie: "" });
  expect(late.headers["set-cookie"]).toBeUndefined();
  expect((await get("/", { cookie })).statusCode).toBe(200);
  clock.advance(31 * 24 * 3600_000);
  expect((await get("/", { cookie })).statusCode).toBe(403);
});

test("[PV2] a pass is for one port of one repl", async () => {
  const other = createServer((_, response) => response.end("other"));
  const otherPort = await listen(other);
  await previews.open(REPL, { port: otherPort, address: "127.0.0.1" });
  const [, pass = ""] = cookieOf(access()).split("=");
  const [name = ""] = cookieOf(previews.grant(REPL, otherPort, app) ?? access()).split("=");
  const { url } = previews.grant(REPL, otherPort, app) ?? access();
  const answer = await fetch(url, { headers: { Cookie: `${name}=${pass}` } });
  expect(answer.status).toBe(403);
  other.close();
});

test("[PV3] the program believes itself on localhost", async () => {
  const seen = serve();
  const origin = new URL(access().url).origin;
  await get("/", {
    headers: { Origin: origin, Referer: `${origin}/a?b`, Host: new URL(origin).host },
  });
  const { headers } = await seen;
  expect(headers.host).toBe(`localhost:${port}`);
  expect(headers.origin).toBe(`http://localhost:${port}`);
  expect(headers.referer).toBe(`http://localhost:${port}/a?b`);
});

test("[PV3] other origins are told as they are", async () => {
  const seen = serve();
  await get("/", { headers: { Origin: "http://evil.example", Referer: "http://evil.example/x" } });
  const { headers } = await seen;
  expect([headers.origin, headers.referer]).toEqual([
    "http://evil.example",
    "http://evil.example/x",
  ]);
});

test("[PV3] the program sees its own cookies and not the preview's", async () => {
  const seen = serve();
  await get("/", { cookie: `a=1; ${cookieOf(access())}; b=x=y; tandem-preview-9=z` });
  expect((await seen).headers.cookie).toBe("a=1; b=x=y");
});

test("[PV3] redirects to the program's own address lead to the preview", async () => {
  const { origin } = new URL(access().url);
  const locations = [
    [`http://localhost:${port}/a?b#c`, `${origin}/a?b#c`],
    [`http://127.0.0.1:${port}`, origin],
    ["/relative", "/relative"],
    [`http://localhost:${port}1/a`, `http://localhost:${port}1/a`],
    ["https://elsewhere.example/", "https://elsewhere.example/"],
  ] as const;
  program.on("request", ({ url = "" }: IncomingMessage, response) => {
    response.writeHead(302, { Location: locations[Number(url.slice(1))]?.[0] }).end();
  });
  for (const [i, [, expected]] of locations.entries()) {
    expect((await get(`/${i}`, { headers: { Host: new URL(origin).host } })).headers.location).toBe(
      expected,
    );
  }
});

test("[PV3] a cookie that the program sets for its own domain is set for the preview", async () => {
  void serve({ "Set-Cookie": ["a=1; Domain=localhost; Path=/", "b=2; HttpOnly"] });
  expect((await get("/")).headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
});

test("[PV4] a large body passes both ways unchanged", async () => {
  program.on("request", (incoming: IncomingMessage, response) => incoming.pipe(response));
  const body = "0123456789".repeat(200_000);
  const answer = await get("/echo", { method: "POST", body });
  expect(answer.text === body).toBe(true);
});

test("[PV4] what a program sends piece by piece arrives piece by piece", async () => {
  let send: ((text: string) => void) | undefined;
  program.on("request", (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.flushHeaders();
    send = (text) => response.write(text);
  });
  const answer = await fetch(access().url, { headers: { Cookie: cookieOf(access()) } });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (const text of ["data: 1\n\n", "data: 2\n\n"]) {
    send?.(text);
    expect((await reader?.read())?.value).toBe(text);
  }
  await reader?.cancel();
});

test("[PV4] a browser that goes away ends the request at the program", async () => {
  const gone = new Promise<string>((resolve) => {
    program.on("request", (_, response) => {
      response.write("…");
      response.on("close", () => resolve("gone"));
    });
  });
  const controller = new AbortController();
  const headers = { Cookie: cookieOf(access()) };
  await fetch(access().url, { headers, signal: controller.signal });
  controller.abort();
  expect(await gone).toBe("gone");
});

test("[PV4] headers of a single connection do not pass", async () => {
  const seen = serve({
    Connection: "X-Private",
    "X-Private": "1",
    "Keep-Alive": "timeout=5",
    "X-Public": "2",
  });
  const answer = await get("/", {
    headers: { Connection: "keep-alive, X-Secret", "X-Secret": "1", TE: "trailers", "X-Open": "2" },
  });
  const { headers } = await seen;
  expect([headers["x-secret"], headers["te"], headers["x-open"]]).toEqual([
    undefined,
    undefined,
    "2",
  ]);
  expect([answer.headers["x-private"], answer.headers["x-public"]]).toEqual([undefined, "2"]);
});

test("[PV4] repeated headers and their order are kept", async () => {
  void serve({ "X-Many": ["1", "2"], Link: ["<a>", "<b>"] });
  const { rawHeaders } = await get("/");
  const values = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && ["X-Many", "Link"].includes(name) ? [rawHeaders[i + 1]] : [],
  );
  expect(values).toEqual(["1", "2", "<a>", "<b>"]);
});

test("[PV4] WebSockets pass, with subprotocol, path and frames", async () => {
  const sockets = new WebSocketServer({ server: program, handleProtocols: () => "vite-hmr" });
  const seen = new Promise<IncomingMessage>((resolve) => {
    sockets.on("connection", (socket, incoming) => {
      resolve(incoming);
      socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  });
  const { url } = access();
  const socket = new WebSocket(`${url.replace("http", "ws")}hmr?token=1`, ["vite-hmr"], {
    headers: { Cookie: `${cookieOf(access())}; own=1`, Origin: new URL(url).origin },
  });
  await once(socket, "open");
  expect(socket.protocol).toBe("vite-hmr");
  const { url: path, headers } = await seen;
  expect(path).toBe("/hmr?token=1");
  expect(headers).toMatchObject({
    host: `localhost:${port}`,
    origin: `http://localhost:${port}`,
    cookie: "own=1",
  });
  const payload = Buffer.alloc(100_000, 7);
  socket.send(payload);
  const [echo] = (await once(socket, "message")) as [Buffer];
  expect(echo.equals(payload)).toBe(true);
  const closed = once(socket, "close");
  for (const client of sockets.clients) client.close(4321, "bye");
  expect((await closed)[0]).toBe(4321);
});

test("[PV4] a WebSocket that the program refuses is refused in its words", async () => {
  program.on("upgrade", (_, socket) =>
    socket.end("HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n"),
  );
  const socket = new WebSocket(access().url.replace("http", "ws"), {
    headers: { Cookie: cookieOf(access()) },
  });
  const [error] = (await once(socket, "error")) as [Error];
  expect(error.message).toContain("418");
});

test("[PV2] a WebSocket without a pass gets nowhere", async () => {
  let reached = false;
  program.on("upgrade", () => (reached = true));
  const socket = new WebSocket(access().url.replace("http", "ws"));
  await once(socket, "error");
  expect(reached).toBe(false);
});

test("[PV5] the app that asked may frame the page, whatever the program says", async () => {
  void serve({
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; img-src *",
  });
  const { headers, rawHeaders } = await get("/");
  expect(headers["x-frame-options"]).toBeUndefined();
  const policies = rawHeaders.filter(
    (_, i) => rawHeaders[i - 1]?.toLowerCase() === "content-security-policy",
  );
  expect(policies).toEqual([
    "frame-ancestors 'self' http://127.0.0.1:4000",
    "default-src 'self'; img-src *",
  ]);
});

test("[PV6] while no program answers a page waits for it", async () => {
  previews.close(REPL, port);
  const page = await get("/", { headers: { Accept: "text/html,*/*" } });
  expect(page.statusCode).toBe(502);
  expect(page.text).toContain(`Nothing answers on port ${port}`);
  expect(page.headers["x-tandem-waiting"]).toBe("1");
  expect(page.headers["content-security-policy"]).toContain(
    "frame-ancestors http://127.0.0.1:4000",
  );
  const data = await get("/data", { headers: { Accept: "application/json" } });
  expect([data.statusCode, data.text]).toEqual([502, `Nothing answers on port ${port}.\n`]);

  void serve();
  await previews.open(REPL, { port, address: "127.0.0.1" });
  const probe = await get("/", { method: "HEAD" });
  expect([probe.statusCode, probe.headers["x-tandem-waiting"]]).toEqual([200, undefined]);
});

test("[PV6] a program that has just died is waited for, too", async () => {
  program.closeAllConnections();
  await new Promise((resolve) => program.close(resolve));
  expect((await get("/", { method: "HEAD" })).headers["x-tandem-waiting"]).toBe("1");
  const socket = new WebSocket(access().url.replace("http", "ws"), {
    headers: { Cookie: cookieOf(access()) },
  });
  await once(socket, "error");
});

test("[PV6] a program that dies in the middle of an answer ends it", async () => {
  program.on("request", (_, response) => {
    response.writeHead(200, { "Content-Length": 100 });
    response.write("begun");
    setImmediate(() => response.destroy());
  });
  await expect(get("/")).rejects.toThrow(/aborted|reset|hang up/);
});

test("[PV7] a preview has a name of the pattern, and is found by it on the host's own port", async () => {
  const seen = serve();
  const names = parsePreviewNames("https://{port}.preview.example.org");
  if (!names.ok) throw new Error(names.error);
  const named = new Previews({ ...options, clock, names: names.value });
  const hostPort = await named.open(REPL, { port, address: "127.0.0.1" });
  const page = { ...app, secure: true, host: "example.org", hostname: "example.org" };
  const granted = named.grant(REPL, port, page);
  const origin = `https://${hostPort}.preview.example.org`;
  expect([granted?.url, granted?.cookie]).toEqual([`${origin}/`, undefined]);

  const front = createServer((incoming, response) => {
    if (!named.answer(incoming, response)) response.end("the app");
  });
  front.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!named.upgrade(incoming, socket, head)) socket.destroy();
  });
  const frontPort = await listen(front);
  const ask = (path: string, host: string, headers: Record<string, string> = {}) =>
    new Promise<IncomingMessage & { text: string }>((resolve, reject) => {
      const target = { host: "127.0.0.1", port: frontPort, path, agent: false };
      request({ ...target, headers: { ...headers, Host: host } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve(Object.assign(response, { text })));
      })
        .on("error", reject)
        .end();
    });
  const name = new URL(origin).host;
  expect((await ask("/", "example.org")).text).toBe("the app");
  expect((await ask("/", "x.preview.example.org")).text).toBe("the app");
  expect((await ask("/", "1.preview.example.org")).statusCode).toBe(403);
  expect((await ask("/", name)).statusCode).toBe(403);

  const link = (granted?.link ?? "").slice(origin.length);
  const redirect = await ask(link.replace("/?", "/a?b=%20&"), name);
  expect(redirect.headers.location).toBe("/a?b=%20");
  const [set = ""] = redirect.headers["set-cookie"] ?? [];
  expect(set).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
  const cookie = { Cookie: set.split(";", 1)[0] ?? "", Origin: origin };
  const shown = await ask("/a", name, cookie);
  expect(shown.text).toBe("page");
  expect(shown.headers["content-security-policy"]).toBe(
    "frame-ancestors 'self' https://example.org",
  );
  expect((await seen).headers.origin).toBe(`http://localhost:${port}`);

  const sockets = new WebSocketServer({ server: program });
  const socket = new WebSocket(`ws://127.0.0.1:${frontPort}/hmr`, {
    headers: { ...cookie, Host: name },
  });
  await once(socket, "open");
  socket.terminate();
  sockets.close();
  front.closeAllConnections();
  front.close();
  await named.closeAll();
});

test("[PV7] ports of the host are no way to a preview for a page that came by TLS", () => {
  const secure = { ...app, secure: true };
  expect(previews.canBeSeenFrom(app)).toBe(true);
  expect(previews.canBeSeenFrom(secure)).toBe(false);
  const names = parsePreviewNames("https://example.org:{port}");
  if (!names.ok) throw new Error(names.error);
  expect(new Previews({ ...options, clock, names: names.value }).canBeSeenFrom(secure)).toBe(true);
  expect(names.value.originOf(4010)).toBe("https://example.org:4010");
  expect(names.value.portOf("example.org:4010")).toBeUndefined();
  expect(names.value.source).toBe("https://example.org:*");
});

test("[PV2] following a link leads to no other host", async () => {
  const { link } = access();
  const key = new URL(link).search;
  for (const path of ["/x/..//evil.example/", "//evil.example/"]) {
    const { headers } = await get(`${path}${key}`);
    expect(headers.location).toMatch(/^\/(?!\/)/);
  }
});
