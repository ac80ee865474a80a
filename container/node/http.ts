import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Logger } from "#common/lib/log.ts";
import { messageOf } from "#common/lib/errors.ts";
import { refused } from "./answer.ts";
import type { Api } from "./api.ts";
import { IMAGES_PATH } from "./imagesApi.ts";
import { originOf } from "./origin.ts";
import type { PreviewNames } from "./preview/previewNames.ts";
import type { Previews } from "./preview/previews.ts";
import type { StaticFiles } from "./staticFiles.ts";

export interface HttpOptions {
  readonly api: Api;
  readonly files: StaticFiles;
  readonly log: Logger;
  readonly trustProxy: boolean;
  readonly previews: Previews;
  readonly previewNames: PreviewNames | undefined;
  /** Takes over a connection that wants to speak the protocol. `token` may be empty (TK9). */
  readonly onWebSocket: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    token: string,
  ) => void;
}

/** The host's one server: the app, the API, and the way to the containers (HT). */
export function createHttpServer(options: HttpOptions): Server {
  const { api, files, log, previews, previewNames, onWebSocket } = options;
  const scriptHashes = hashesOfInlineScripts(files.read("/index.html") ?? "");

  const server = createServer((request, response) => {
    if (previews.answer(request, response)) return;
    answer(request, response).catch((error: unknown) => {
      log.error(`request failed: ${messageOf(error)}`, { tag: "invariant" });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, "Something went wrong in the host. Its log says more.");
    });
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (previews.upgrade(request, socket, head)) return;
    const [, token] = /^\/wsv2(?:\/([^/?]*))?\/?$/.exec(pathOf(request)) ?? [];
    if (token !== undefined || pathOf(request) === "/wsv2") {
      onWebSocket(request, socket, head, token ?? "");
    } else {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    }
  });
  return server;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(pathOf(request), "http://host");
    setSecurityHeaders(response);
    const isUpload = request.method === "POST" && url.pathname === IMAGES_PATH;
    if (request.method !== "GET" && request.method !== "HEAD" && !isUpload) {
      response.setHeader("Allow", "GET, HEAD");
      return sendText(response, 405, "Only GET and HEAD are understood here.");
    }
    if (/^\/wsv2(\/|$)/.test(url.pathname)) {
      return sendText(response, 200, "This is a Tandem host. Connect with a WebSocket.");
    }
    if (url.pathname.startsWith("/api/")) {
      const found = (await api.answer(request, url)) ?? notFound;
      response.setHeader("Cache-Control", "no-store");
      response.setHeader("Content-Security-Policy", "default-src 'none'; sandbox");
      if ("image" in found) return send(response, found.status, found.type, found.image);
      const { status, body, cookie } = found;
      if (cookie !== undefined) response.setHeader("Set-Cookie", cookie);
      return send(response, status, "application/json", JSON.stringify(body));
    }
    response.setHeader("Content-Security-Policy", contentPolicy(request));
    if (files.serve(decodedPath(url), request, response)) return;
    if (url.pathname === "/") {
      return sendText(response, 503, "The app is not built yet: run `npm run build`.");
    }
    return sendText(response, 404, `There is nothing at ${url.pathname} here.`);
  }

  /** What the app may load. Monaco and xterm write styles of their own, hence `unsafe-inline`. */
  function contentPolicy(request: IncomingMessage): string {
    const { hostname } = originOf(request, options.trustProxy);
    return [
      "default-src 'self'",
      `script-src 'self' ${scriptHashes.join(" ")}`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      "font-src 'self' data:",
      "worker-src 'self' blob:",
      // A container may redirect to another host.
      "connect-src 'self' ws: wss:",
      // Previews have ports, or names, of their own.
      `frame-src 'self' ${previewNames?.source ?? `http://${hostname}:* https://${hostname}:*`}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'self'",
    ].join("; ");
  }
}

const notFound = refused(404, "There is no such API.");

function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
}

/** The one script of the page that must run before any other has come is allowed by its hash. */
function hashesOfInlineScripts(html: string): string[] {
  return [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`,
  );
}

/** The path and query, without the origin that proxies may put before them. */
function pathOf(request: IncomingMessage): string {
  const target = request.url ?? "/";
  return target.startsWith("/") ? target.replace(/^\/+/, "/") : "/";
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return url.pathname;
  }
}

function sendText(response: ServerResponse, status: number, text: string): void {
  send(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Uint8Array,
): void {
  response.setHeader("Content-Type", type);
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.writeHead(status);
  // Node leaves the body of an answer to HEAD out by itself.
  response.end(body);
}
