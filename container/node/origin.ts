import type { IncomingMessage } from "node:http";

/** Where a browser believes itself to be talking to. */
export interface Origin {
  readonly secure: boolean;
  /** Host name or address, an IPv6 one in brackets. */
  readonly hostname: string;
  /** With the port, unless it is the scheme's own. */
  readonly host: string;
  /** Path below which a reverse proxy serves us, without a slash at its end. */
  readonly prefix: string;
}

const HOST = /^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;
const PREFIX = /^(\/[\w.~-]+)*$/;

/**
 * The origin that a request was made to. What a proxy says of it counts when the proxy runs on this
 * machine, or when `trustProxy` says that nobody else can reach us: a stranger could claim anything.
 */
export function originOf(request: IncomingMessage, trustProxy: boolean): Origin {
  const wanted = forwarded(request, "x-forwarded-host", trustProxy) ?? request.headers.host ?? "";
  const [, name, port = ""] = HOST.exec(wanted) ?? [];
  const prefix = forwarded(request, "x-forwarded-prefix", trustProxy)?.replace(/\/+$/, "") ?? "";
  return {
    secure: forwarded(request, "x-forwarded-proto", trustProxy) === "https",
    hostname: name ?? "localhost",
    host: name === undefined ? `localhost:${request.socket.localPort ?? ""}` : name + port,
    prefix: PREFIX.test(prefix) ? prefix : "",
  };
}

/**
 * The page whose app makes a request: as the app says itself, for no proxy has to tell us below which
 * path it serves us; else as the request was made. Only for what is told to the app itself.
 */
export function pageOf(request: IncomingMessage, trustProxy: boolean): Origin {
  const { "x-tandem-page": told } = request.headers;
  const page = typeof told === "string" && URL.canParse(told) ? new URL(told) : undefined;
  const isPage = page !== undefined && /^https?:$/.test(page.protocol);
  if (!isPage) return originOf(request, trustProxy);
  const { protocol, hostname, host, pathname } = page;
  return { secure: protocol === "https:", hostname, host, prefix: pathname.replace(/\/+$/, "") };
}

/** The address that a request comes from. */
export function peerOf(request: IncomingMessage, trustProxy: boolean): string {
  return forwarded(request, "x-forwarded-for", trustProxy) ?? request.socket.remoteAddress ?? "";
}

function forwarded(
  request: IncomingMessage,
  header: string,
  trustProxy: boolean,
): string | undefined {
  const isTrusted = trustProxy || isLoopback(request.socket.remoteAddress ?? "");
  const value = isTrusted ? request.headers[header] : undefined;
  return typeof value === "string" ? value.split(",", 1)[0]?.trim() : undefined;
}

export function httpUrl({ secure, host, prefix }: Origin): string {
  return `${secure ? "https" : "http"}://${host}${prefix}/`;
}

export function webSocketUrl({ secure, host, prefix }: Origin): string {
  return `${secure ? "wss" : "ws"}://${host}${prefix}/`;
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}
