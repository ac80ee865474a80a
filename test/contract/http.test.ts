import { api as goval } from "@replit/protocol";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeScratch, startHost, type RunningHost } from "#test/helpers/host.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

const scratch = makeScratch();
let host: RunningHost;
let invites: Record<"owner" | "editor" | "viewer", string>;

beforeAll(async () => {
  writeFileSync(join(scratch.folder, "main.py"), "print('hello')\n");
  host = await startHost(["--home", scratch.home, scratch.folder]);
  const links = (await json(host.api("invites"))) as typeof invites;
  invites = {
    owner: secretOf(links.owner),
    editor: secretOf(links.editor),
    viewer: secretOf(links.viewer),
  };
});

afterAll(async () => {
  await host.stop();
  scratch.remove();
});

const secretOf = (link: string) => new URL(link).hash.slice("#invite=".length);

async function json(answer: Promise<Response>): Promise<unknown> {
  return (await answer).json();
}

async function refusal(answer: Promise<Response>): Promise<readonly [number, string]> {
  const { error } = (await (await answer).clone().json()) as { error: string };
  expect(error).toMatch(/^[A-Z].*\.$/);
  return [(await answer).status, error];
}

/** What the host answers to a request that no HTTP client would send. */
function raw(request: string): Promise<string> {
  const { port } = new URL(host.origin);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.end(request));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("end", () => resolve(answer)).on("error", reject);
  });
}

test("[HT4] an invite is exchanged for what a client of the protocol wants", async () => {
  const answer = (await json(host.api("connection"))) as Record<string, unknown>;
  expect(answer).toMatchObject({
    gurl: `${host.origin.replace("http", "ws")}/`,
    conmanURL: `${host.origin}/`,
    dotdevHostname: "127.0.0.1",
    repl: { slug: "project", language: "python3", id: expect.stringMatching(/^\w+$/) as string },
    role: "owner",
  });
  const { client } = await dial(String(answer["gurl"]).slice(0, -1), String(answer["token"]));
  await client.ready();
  client.close();
});

test("[HT4] the role of the token is that of the invite", async () => {
  for (const role of ["owner", "editor", "viewer"] as const) {
    const answer = await json(host.api("connection", { invite: invites[role] }));
    const { token } = answer as { token: string };
    const message = Buffer.from(token.split(".")[2] ?? "", "base64url").subarray(0, -64);
    const claims = goval.ReplToken.decode(Buffer.from(message.toString(), "base64"));
    expect(claims.flags).toContain(`role:${role}`);
    expect(answer).toMatchObject({ role });
  }
});

test("[HT4] an invite is for its own repl only", async () => {
  const { repl } = (await json(host.api("connection"))) as { repl: { id: string } };
  expect((await host.api(`connection?repl=${repl.id}`)).status).toBe(200);
  expect((await host.api("connection?repl=")).status).toBe(200);
  expect(await refusal(host.api("connection?repl=other"))).toMatchObject([403, /another project/]);
});

test("[HT3] the invite may stand in the query as well", async () => {
  const answer = await fetch(`${host.origin}/api/connection?invite=${invites.viewer}`);
  expect(await answer.json()).toMatchObject({ role: "viewer" });
});

test("[HT3] nobody gets anything without a valid invite", async () => {
  for (const path of ["connection", "invites", "poster", "preview?port=3000"]) {
    expect(await refusal(fetch(`${host.origin}/api/${path}`))).toMatchObject([401, /invite/]);
    expect(await refusal(host.api(path, { invite: `${host.invite}x` }))).toMatchObject([401, {}]);
    expect(await refusal(host.api(path, { invite: "" }))).toMatchObject([401, {}]);
  }
});

test("[HT3] trying many invites is stopped, for that address only", async () => {
  const from = (address: string, invite?: string) =>
    host.api("poster", {
      ...(invite === undefined ? {} : { invite }),
      headers: { "X-Forwarded-For": address },
    });
  for (let i = 0; i < 30; i++) expect((await from("192.0.2.1", `wrong${i}`)).status).toBe(401);
  expect(await refusal(from("192.0.2.1", "wrong"))).toMatchObject([429, /minute/]);
  expect((await from("192.0.2.1")).status).toBe(429);
  expect((await from("192.0.2.2")).status).toBe(200);
});

test("[HT5] a browser that keeps a secret is the same person each time", async () => {
  const userOf = async (headers: Record<string, string>) =>
    ((await json(host.api("connection", { headers }))) as { user: { id: number; name: string } })
      .user;
  const ada = await userOf({ "X-Tandem-Guest": "ada", "X-Tandem-Name": "Ada" });
  expect(ada.name).toBe("Ada");
  expect(ada.id).toBeGreaterThan(0);
  expect(await userOf({ "X-Tandem-Guest": "ada" })).toMatchObject({ id: ada.id });
  expect((await userOf({ "X-Tandem-Guest": "lin" })).id).not.toBe(ada.id);
  expect((await userOf({})).id).not.toBe((await userOf({})).id);
  expect((await userOf({})).name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
});

test("[HT5] a name may have any letters, and is one line of bearable length", async () => {
  const nameOf = async (name: string) => {
    const headers = { "X-Tandem-Name": encodeURIComponent(name) };
    const answer = await json(host.api("connection", { headers }));
    return (answer as { user: { name: string } }).user.name;
  };
  expect(await nameOf("Łucja 🦊")).toBe("Łucja 🦊");
  expect(await nameOf(" a\n\u0000 b\t")).toBe("a b");
  expect(await nameOf("🦊".repeat(100))).toBe("🦊".repeat(40));
  expect(await nameOf("\n ")).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  const broken = await host.api("connection", { headers: { "X-Tandem-Name": "100%" } });
  expect(await broken.json()).toMatchObject({ user: { name: "100%" } });
});

test("[HT6] addresses are those that the browser used", async () => {
  const gurlFor = async (headers: Record<string, string>) =>
    ((await json(host.api("connection", { headers }))) as { gurl: string }).gurl;
  const proxied = { "X-Forwarded-Proto": "https", "X-Forwarded-Host": "ide.example" };
  expect(await gurlFor(proxied)).toBe("wss://ide.example/");
  expect(await gurlFor({ ...proxied, "X-Forwarded-Prefix": "/tandem/" })).toBe(
    "wss://ide.example/tandem/",
  );
  expect(await gurlFor({ "X-Forwarded-Host": "a.example, b.example" })).toBe("ws://a.example/");
  expect(await gurlFor({ "X-Forwarded-Host": "evil/?x#" })).toMatch(/^ws:\/\/localhost:\d+\/$/);
  expect(await gurlFor({ ...proxied, "X-Forwarded-Prefix": "/a b" })).toBe("wss://ide.example/");
});

test("[HT6] the app itself says where its page is, whatever a proxy says or does not say", async () => {
  const page = { "X-Tandem-Page": "https://ide.example:8443/deep/tandem/" };
  for (const headers of [page, { ...page, "X-Forwarded-Host": "other.example" }]) {
    expect(await json(host.api("connection", { headers }))).toMatchObject({
      gurl: "wss://ide.example:8443/deep/tandem/",
      conmanURL: "https://ide.example:8443/deep/tandem/",
      dotdevHostname: "ide.example",
    });
    const { owner } = (await json(host.api("invites", { headers }))) as { owner: string };
    expect(owner).toBe(`https://ide.example:8443/deep/tandem/#invite=${host.invite}`);
  }
  for (const told of ["javascript:alert(1)", "nowhere", ""]) {
    const answer = host.api("connection", { headers: { "X-Tandem-Page": told } });
    expect(await json(answer)).toMatchObject({ conmanURL: `${host.origin}/` });
  }
});

test("[HT7] owners get a link for each role, others none", async () => {
  const links = (await json(host.api("invites"))) as Record<string, string>;
  expect(Object.keys(links)).toEqual(["owner", "editor", "viewer"]);
  expect(links["owner"]).toBe(host.link);
  expect(new Set(Object.values(links)).size).toBe(3);
  for (const role of ["editor", "viewer"] as const) {
    const answer = host.api("invites", { invite: invites[role] });
    expect(await refusal(answer)).toMatchObject([403, /owner/]);
  }
});

test("[HT8] the poster is the beginning of the main file", async () => {
  const poster = () => json(host.api("poster", { invite: invites.viewer }));
  expect(await poster()).toMatchObject({
    repl: { slug: "project" },
    role: "viewer",
    path: "main.py",
    text: "print('hello')\n",
  });
  const long = "x = 'ä'\n".repeat(10_000);
  writeFileSync(join(scratch.folder, "main.py"), long);
  expect(((await poster()) as { text: string }).text.split("\n")).toHaveLength(200);
  writeFileSync(join(scratch.folder, "main.py"), "ä".repeat(40_000) + "x");
  expect(await poster()).toMatchObject({ text: "ä".repeat(16 * 1024) });
  writeFileSync(join(scratch.folder, "main.py"), Buffer.of(0x50, 0xff, 0x00));
  expect(await poster()).toMatchObject({ path: "main.py", text: "" });
});

test("[HT8] the entrypoint of .replit is the main file, as long as it is one of the folder", async () => {
  const pathFor = async (entrypoint: string) => {
    writeFileSync(join(scratch.folder, ".replit"), `entrypoint = ${JSON.stringify(entrypoint)}\n`);
    return ((await json(host.api("poster"))) as { path: string }).path;
  };
  mkdirSync(join(scratch.folder, "src"));
  writeFileSync(join(scratch.folder, "src", "other.py"), "");
  writeFileSync(join(scratch.root, "outside.py"), "secret");
  symlinkSync(join(scratch.root, "outside.py"), join(scratch.folder, "link.py"));
  expect(await pathFor("src/other.py")).toBe("src/other.py");
  expect(await pathFor("../outside.py")).toBe("main.py");
  expect(await pathFor("link.py")).toBe("main.py");
  expect(await pathFor("missing.py")).toBe("main.py");
});

test("[HT2] there is no other API, and what fails says so in JSON", async () => {
  expect(await refusal(host.api("nothing"))).toMatchObject([404, "There is no such API."]);
  const { headers } = await host.api("connection");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("access-control-allow-origin")).toBeNull();
  const asked = { method: "OPTIONS", headers: { Origin: "http://evil.example" } };
  const preflight = await fetch(`${host.origin}/api/connection`, asked);
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
});

test("[HT11] a host says who it is", async () => {
  const answer = await fetch(`${host.origin}/api/host`);
  expect(await answer.json()).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    pid: host.pid,
  });
});

test("[HT9] a browser that comes to the socket by mistake is greeted", async () => {
  for (const path of ["/wsv2", "/wsv2/", "/wsv2/some.token"]) {
    const answer = await fetch(host.origin + path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/Tandem/);
  }
});

test("[HT9] only the socket's path may be upgraded", async () => {
  const upgrade = (path: string) =>
    raw(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
  expect(await upgrade("/")).toMatch(/^HTTP\/1.1 404/);
  expect(await upgrade("/wsv3/token")).toMatch(/^HTTP\/1.1 404/);
  expect(await upgrade("/wsv2/token")).toMatch(/^HTTP\/1.1 101/);
});

test("[HT9] nothing but GET and HEAD is understood", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const answer = await fetch(`${host.origin}/api/connection`, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  }
});

test("[HT1] a path that leads out of the app leads nowhere", async () => {
  for (const path of [
    "/../../package.json",
    "/%2e%2e/%2e%2e/package.json",
    "/%zz",
    "//etc/passwd",
  ]) {
    expect(await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 404/,
    );
  }
});

test("[HT10] every answer carries the headers that protect who reads it", async () => {
  for (const path of ["/", "/api/connection", "/nowhere"]) {
    const { headers } = await fetch(host.origin + path);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  }
  const policy = (await fetch(`${host.origin}/`)).headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/frame-ancestors 'self'/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
});

test("none of this is an error of the host", () => {
  expect(host.errors()).toBe("");
});
