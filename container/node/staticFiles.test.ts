import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { StaticFiles } from "./staticFiles.ts";

const root = mkdtempSync(join(tmpdir(), "tandem-static-"));
const app = join(root, "app");
let server: Server;

beforeAll(async () => {
  mkdirSync(join(app, "assets"), { recursive: true });
  writeFileSync(join(root, "secret.txt"), "secret");
  writeFileSync(join(app, "index.html"), "<p>page");
  writeFileSync(join(app, "assets", "main-AbC_123-.js"), "plain");
  writeFileSync(join(app, "assets", "main-AbC_123-.js.br"), "brotli");
  writeFileSync(join(app, "assets", "main-AbC_123-.js.gz"), "gzip");
  const files = new StaticFiles(app);
  server = createServer((incoming, response) => {
    if (!files.serve(incoming.url ?? "", incoming, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => {
  server.close();
  rmSync(root, { recursive: true });
});

/** A request whose path goes out exactly as it is written. */
async function get(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<IncomingMessage & { text: string }> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ port, host: "127.0.0.1", path, headers, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve(Object.assign(response, { text })));
    })
      .on("error", reject)
      .end();
  });
}

const asset = "/assets/main-AbC_123-.js";

test("[HT1] the best encoding that the browser takes is served", async () => {
  const served = async (accepted: string) => {
    const { text, headers } = await get(asset, { "accept-encoding": accepted });
    expect(headers["content-length"]).toBe(String(text.length));
    expect(headers.vary).toBe("Accept-Encoding");
    return [text, headers["content-encoding"]];
  };
  expect(await served("gzip, deflate, br")).toEqual(["brotli", "br"]);
  expect(await served("gzip;q=1.0, br;q=0")).toEqual(["gzip", "gzip"]);
  expect(await served("identity")).toEqual(["plain", undefined]);
  expect(await served("brotli")).toEqual(["plain", undefined]);
});

test("[HT1] a file whose name tells its content is kept for ever, others are asked for again", async () => {
  expect((await get(asset)).headers["cache-control"]).toMatch(/immutable/);
  const page = await get("/");
  expect(page.text).toBe("<p>page");
  expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(page.headers["cache-control"]).toBe("no-cache");
  const again = await get("/", { "if-none-match": `"x", ${page.headers.etag ?? ""}` });
  expect([again.statusCode, again.text]).toEqual([304, ""]);
  expect((await get("/", { "if-none-match": '"x"' })).statusCode).toBe(200);
});

test("[HT1] HEAD tells what GET would", async () => {
  const head = await get(asset, { "accept-encoding": "br" }, "HEAD");
  expect([head.statusCode, head.text, head.headers["content-length"]]).toEqual([200, "", "6"]);
});

test.each([
  "/../secret.txt",
  "/assets/../../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "//secret.txt",
  "/assets",
  "/assets/",
  "/assets/main-AbC_123-.js.br",
  "/index.html/",
  "/.",
  "/\\..\\secret.txt",
])("[HT1] %s is no file of the app", async (path) => {
  expect((await get(path)).statusCode).toBe(404);
});

test("an app that was never built has no files", () => {
  expect(new StaticFiles(join(root, "nowhere")).read("/index.html")).toBeUndefined();
});
