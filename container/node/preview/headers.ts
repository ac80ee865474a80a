/** Names and values in turn, as Node reads them off the wire: order, case and repetition are kept. */
export type RawHeaders = readonly string[];

/** Headers of one connection, not of the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
]);

/** How a program and the browser call the same place. */
export interface Names {
  /** The preview's, as the browser sees it. */
  readonly previewOrigin: string;
  /** The program's port, which it knows as `localhost:port`. */
  readonly port: number;
}

/** Cookies of ours, which a program must not see. */
export const COOKIE_PREFIX = "tandem-preview-";

/**
 * A browser's request as the program is to see it: as if it came from `localhost`, which is the one
 * name that every development server takes without being told to.
 */
export function requestHeaders(raw: RawHeaders, { previewOrigin, port }: Names): string[] {
  const origin = `http://localhost:${port}`;
  const headers = ["Host", `localhost:${port}`];
  for (const [name, value] of forwarded(raw)) {
    switch (name.toLowerCase()) {
      case "host":
      // Node answers `100-continue` by itself.
      case "expect":
        break;
      case "origin":
        headers.push(name, value === previewOrigin ? origin : value);
        break;
      case "referer":
        headers.push(
          name,
          value.startsWith(`${previewOrigin}/`)
            ? origin + value.slice(previewOrigin.length)
            : value,
        );
        break;
      case "cookie": {
        const others = cookiesOf(value).filter(([cookie]) => !cookie.startsWith(COOKIE_PREFIX));
        if (others.length > 0) headers.push(name, others.map((pair) => pair.join("=")).join("; "));
        break;
      }
      default:
        headers.push(name, value);
    }
  }
  return headers;
}

/** A program's answer as the browser is to see it: framed by the app, and by nobody else. */
export function responseHeaders(raw: RawHeaders, names: Names, app: string): string[] {
  const headers = ["Content-Security-Policy", `frame-ancestors 'self' ${app}`];
  for (const [name, value] of forwarded(raw)) {
    switch (name.toLowerCase()) {
      // Node frames the body again.
      case "transfer-encoding":
      // The app is another origin than the preview.
      case "x-frame-options":
        break;
      case "content-security-policy": {
        const policy = withoutFrameAncestors(value);
        if (policy !== "") headers.push(name, policy);
        break;
      }
      case "location":
        headers.push(name, relocated(value, names));
        break;
      case "set-cookie":
        // The program's domain is not the browser's.
        headers.push(name, value.replace(/;\s*domain=[^;]*/i, ""));
        break;
      default:
        headers.push(name, value);
    }
  }
  return headers;
}

/** The value of a cookie in a `Cookie` header. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  return cookiesOf(header ?? "").find(([cookie]) => cookie === name)?.[1];
}

function* forwarded(raw: RawHeaders): Iterable<readonly [name: string, value: string]> {
  const pairs = pairsOf(raw);
  const dropped = new Set(HOP_BY_HOP);
  for (const [name, value] of pairs) {
    if (name.toLowerCase() !== "connection") continue;
    for (const token of value.split(",")) dropped.add(token.trim().toLowerCase());
  }
  for (const pair of pairs) {
    if (!dropped.has(pair[0].toLowerCase())) yield pair;
  }
}

function pairsOf(raw: RawHeaders): (readonly [name: string, value: string])[] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? "", raw[2 * i + 1] ?? ""]);
}

function cookiesOf(header: string): (readonly [name: string, value: string])[] {
  return header
    .split(";")
    .filter((pair) => pair.includes("="))
    .map((pair) => {
      const equals = pair.indexOf("=");
      return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    });
}

function withoutFrameAncestors(policy: string): string {
  return policy
    .split(";")
    .filter((directive) => !/^\s*frame-ancestors\b/i.test(directive))
    .join(";")
    .trim();
}

/** A redirect to the program's own address leads to the preview. */
function relocated(location: string, { previewOrigin, port }: Names): string {
  const own = /^https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::(\d+))?(?=[/?#]|$)/i;
  const [whole, target = "80"] = own.exec(location) ?? [];
  if (whole === undefined || Number(target) !== port) return location;
  return previewOrigin + location.slice(whole.length);
}
