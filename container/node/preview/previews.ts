import { hkdfSync, type KeyObject } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "#common/lib/clock.ts";
import type { OpenPort } from "../../platform.ts";
import { listenFrom } from "../listen.ts";
import { originOf, type Origin } from "../origin.ts";
import { COOKIE_PREFIX, cookieIn } from "./headers.ts";
import type { PreviewNames } from "./previewNames.ts";
import { lockedPage, WAITING_HEADER, waitingPage } from "./pages.ts";
import { proxyRequest, proxyUpgrade, type Target } from "./proxy.ts";
import { openPass, sealPass, type Pass } from "./seal.ts";

/** Name of the pass in the query of a link. */
const KEY = "tandem-preview";

/** A link is followed soon, if at all; what it leads to is looked at for days. */
const LINK_LIFETIME_MS = 10 * 60_000;
const COOKIE_LIFETIME_MS = 30 * 24 * 3600_000;

export interface PreviewsOptions {
  readonly clock: Clock;
  /** The host's key; passes are sealed with one that is derived from it. */
  readonly key: KeyObject;
  /** Address to listen on. */
  readonly address: string;
  /** First port to try; 0 for any. */
  readonly firstPort: number;
  /** What browsers call previews, if not by their ports. */
  readonly names: PreviewNames | undefined;
  readonly trustProxy: boolean;
}

/** How a browser gets to see a port. */
export interface PreviewAccess {
  /** Where it is, for a browser that has the cookie. */
  readonly url: string;
  /** The same for a browser that has not. */
  readonly link: string;
  /**
   * Value for `Set-Cookie`: cookies do not tell ports apart, so the app may set it, unless previews
   * have other names.
   */
  readonly cookie: string | undefined;
}

/** A port of a program, and the port of ours that shows it. */
interface Preview {
  readonly replId: string;
  readonly port: number;
  readonly server: Server;
  readonly hostPort: number;
  /** Address that the program listens on; undefined while it does not. */
  address: string | undefined;
}

/**
 * Shows what programs listen on: each port of theirs on a port of ours, which is an origin of its
 * own, so that absolute paths work and no page of a program can act as the app (PV1).
 */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #secret: Buffer;
  /** A preview stays for good: a program that starts again is found at the same address. */
  readonly #previews = new Map<string, Preview>();
  readonly #opening = new Map<string, Promise<Preview>>();

  constructor(options: PreviewsOptions) {
    this.#options = options;
    const material = options.key.export({ format: "der", type: "pkcs8" });
    this.#secret = Buffer.from(hkdfSync("sha256", material, "", "tandem preview", 32));
  }

  /** A program has begun to listen; resolves with the port of ours that shows it. */
  async open(replId: string, { port, address }: OpenPort): Promise<number> {
    const key = keyOf(replId, port);
    const opening = this.#opening.get(key) ?? this.#create(replId, port);
    this.#opening.set(key, opening);
    opening.catch(() => this.#opening.delete(key));
    const preview = await opening;
    preview.address = reachable(address);
    return preview.hostPort;
  }

  /** A program listens no more. */
  close(replId: string, port: number): void {
    const preview = this.#previews.get(keyOf(replId, port));
    if (preview !== undefined) preview.address = undefined;
  }

  /** Lets a browser that has the app at `app` see a port; undefined when nothing listens there. */
  grant(replId: string, port: number, app: Origin): PreviewAccess | undefined {
    const preview = this.#previews.get(keyOf(replId, port));
    if (preview === undefined) return undefined;
    const { hostPort } = preview;
    const { names } = this.#options;
    const pass = { replId, port, app: httpOrigin(app) };
    const host = `${app.hostname}:${hostPort}`;
    const url = `${names?.originOf(hostPort) ?? httpOrigin({ ...app, host })}/`;
    return {
      url,
      link: `${url}?${KEY}=${this.#seal(pass, LINK_LIFETIME_MS)}`,
      cookie: names === undefined ? this.#cookie(hostPort, pass, app.secure) : undefined,
    };
  }

  /** Our ports speak no TLS: a proxy that does has to give previews names. */
  canBeSeenFrom(app: Origin): boolean {
    return !app.secure || this.#options.names !== undefined;
  }

  /** Answers a request to the host's own port that is for a preview by its name; false if it is not. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const hostPort = this.#named(request);
    if (hostPort === undefined) return false;
    const preview = this.#on(hostPort);
    if (preview === undefined) sendPage(response, 403, lockedPage());
    else this.#answer(preview, request, response);
    return true;
  }

  /** The same for an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const hostPort = this.#named(request);
    if (hostPort === undefined) return false;
    this.#upgrade(this.#on(hostPort), request, socket, head);
    return true;
  }

  async closeAll(): Promise<void> {
    const all = await Promise.all(this.#opening.values());
    await Promise.all(
      all.map(({ server }) => {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        return closed;
      }),
    );
  }

  async #create(replId: string, port: number): Promise<Preview> {
    const { address, firstPort } = this.#options;
    const server = createServer((request, response) => this.#answer(preview, request, response));
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(preview, request, socket, head);
    });
    const hostPort = await listenFrom(server, address, firstPort);
    const preview: Preview = { replId, port, server, hostPort, address: undefined };
    this.#previews.set(keyOf(replId, port), preview);
    return preview;
  }

  #named(request: IncomingMessage): number | undefined {
    return this.#options.names?.portOf(originOf(request, this.#options.trustProxy).host);
  }

  #on(hostPort: number): Preview | undefined {
    return [...this.#previews.values()].find((preview) => preview.hostPort === hostPort);
  }

  #upgrade(
    preview: Preview | undefined,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    const target = preview && this.#targetOf(preview, request);
    if (target === undefined) socket.destroy();
    else proxyUpgrade(request, socket, head, target);
  }

  #answer(preview: Preview, request: IncomingMessage, response: ServerResponse): void {
    const pass = this.#passOf(preview, request);
    const url = new URL(request.url ?? "/", "http://preview");
    const key = url.searchParams.get(KEY);
    if (key !== null) {
      const linked = this.#open(preview, key) ?? pass;
      // The program's own part of the query stays as it was written.
      const query = url.search
        .slice(1)
        .split("&")
        .filter((pair) => !pair.startsWith(`${KEY}=`))
        .join("&");
      if (linked !== undefined) {
        const secure = this.#originOf(preview, request).startsWith("https:");
        response.setHeader("Set-Cookie", this.#cookie(preview.hostPort, linked, secure));
      }
      // To the same address without the key, so that it stays in no history and no referrer.
      const location = url.pathname.replace(/^\/+/, "/") + (query === "" ? "" : `?${query}`);
      response.writeHead(303, { Location: location, "Cache-Control": "no-store" });
      response.end();
    } else if (pass === undefined) {
      sendPage(response, 403, lockedPage());
    } else {
      const wait = (): void => sendWaiting(request, response, preview.port, pass.app);
      const target = this.#targetOf(preview, request);
      if (target === undefined) wait();
      else proxyRequest(request, response, target, wait);
    }
  }

  #targetOf(preview: Preview, request: IncomingMessage): Target | undefined {
    const pass = this.#passOf(preview, request);
    if (pass === undefined || preview.address === undefined) return undefined;
    const names = { previewOrigin: this.#originOf(preview, request), port: preview.port };
    return { address: preview.address, names, app: pass.app };
  }

  #originOf({ hostPort }: Preview, request: IncomingMessage): string {
    const { names, trustProxy } = this.#options;
    return names?.originOf(hostPort) ?? httpOrigin(originOf(request, trustProxy));
  }

  #passOf(preview: Preview, request: IncomingMessage): Pass | undefined {
    const cookie = cookieIn(request.headers.cookie, COOKIE_PREFIX + preview.hostPort);
    return cookie === undefined ? undefined : this.#open(preview, cookie);
  }

  #open({ replId, port }: Preview, sealed: string): Pass | undefined {
    const pass = openPass(sealed, this.#secret, this.#options.clock.now());
    return pass?.replId === replId && pass.port === port ? pass : undefined;
  }

  #seal(pass: Omit<Pass, "untilMs">, lifetimeMs: number): string {
    const untilMs = this.#options.clock.now() + lifetimeMs;
    return sealPass({ ...pass, untilMs }, this.#secret);
  }

  #cookie(hostPort: number, pass: Omit<Pass, "untilMs">, secure: boolean): string {
    const value = this.#seal(pass, COOKIE_LIFETIME_MS);
    const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
    return `${COOKIE_PREFIX}${hostPort}=${value}; ${attributes}`;
  }
}

function keyOf(replId: string, port: number): string {
  return `${replId}:${port}`;
}

function httpOrigin(origin: Pick<Origin, "secure" | "host">): string {
  return `${origin.secure ? "https" : "http"}://${origin.host}`;
}

/** How to connect to a program that listens on `address`. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

function sendPage(response: ServerResponse, status: number, html: string, app = "'none'"): void {
  response.writeHead(status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": Buffer.byteLength(html),
    "Content-Security-Policy":
      "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; " +
      `style-src 'unsafe-inline'; frame-ancestors ${app}`,
    "Cache-Control": "no-store",
  });
  response.end(html);
}

/** A page waits; a script that asks for data gets a status. */
function sendWaiting(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  app: string,
): void {
  response.setHeader(WAITING_HEADER, "1");
  if (request.headers.accept?.includes("text/html") === true || request.method === "HEAD") {
    sendPage(response, 502, waitingPage(port), app);
  } else {
    response.writeHead(502, { "Content-Type": "text/plain; charset=utf-8" });
    response.end(`Nothing answers on port ${port}.\n`);
  }
}
