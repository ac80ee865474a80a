import { messageOf } from "#common/lib/errors.ts";
import type { Repl, Role } from "../services/control.ts";

/** What a connection is made with. */
export interface ConnectionData {
  readonly token: string;
  /** Where the container's socket is; its path is replaced, or extended (CL1). */
  readonly gurl: string;
  readonly repl: Repl;
  /** What the token entitles to; the container knows it from there. */
  readonly role: Role;
}

/** What a client shows to be let in. */
export interface Credentials {
  readonly replId: string;
  readonly invite: string;
  /** A secret that this browser has made for itself, by which a guest is the same person again. */
  readonly guest: string;
  /** The name that a guest wants to be known by; empty for none. */
  readonly name: string;
}

export type ConnectionAnswer =
  | { readonly kind: "granted"; readonly data: ConnectionData }
  /** It may work later. */
  | { readonly kind: "retry"; readonly reason: string }
  /** It will not work; `reason` is a sentence for the user. */
  | { readonly kind: "refused"; readonly reason: string };

/** Asks the host for connection data. Never rejects. */
export type FetchConnection = (credentials: Credentials) => Promise<ConnectionAnswer>;

/** Answers of the host after which asking again makes sense (CL2). */
const retriableStatus: ReadonlySet<number> = new Set([400, 408, 409, 429, 500, 502, 503, 504]);

/** The least of `fetch` that is needed. */
type Fetch = (
  url: string,
  init: { readonly headers: Record<string, string> },
) => Promise<{ readonly ok: boolean; readonly status: number; text(): Promise<string> }>;

/** Asks the host that serves the page at `origin` over HTTP (CL1). */
export function createFetchConnection(fetch: Fetch, origin: string): FetchConnection {
  return async ({ replId, invite, guest, name }) => {
    const page = origin.endsWith("/") ? origin : `${origin}/`;
    const url = new URL("api/connection", page);
    url.searchParams.set("repl", replId);
    try {
      const response = await fetch(url.href, {
        headers: {
          Authorization: `Bearer ${invite}`,
          "X-Tandem-Page": page,
          "X-Tandem-Guest": guest,
          // Headers take no Unicode.
          ...(name === "" ? {} : { "X-Tandem-Name": encodeURIComponent(name) }),
        },
      });
      const text = await response.text();
      if (response.ok) return { kind: "granted", data: parseConnectionData(text) };
      return {
        kind: retriableStatus.has(response.status) ? "retry" : "refused",
        reason: sentenceOf(text) ?? `The host answered ${response.status}.`,
      };
    } catch (error) {
      return { kind: "retry", reason: `The host cannot be reached: ${messageOf(error)}` };
    }
  };
}

function parseConnectionData(text: string): ConnectionData {
  const value = parseObject(text);
  const repl = asObject(value?.["repl"]);
  const token = value?.["token"];
  const gurl = value?.["gurl"];
  const role = value?.["role"];
  if (typeof token !== "string" || typeof gurl !== "string") {
    throw new Error("its answer has no token or no address");
  }
  return {
    token,
    gurl,
    repl: {
      id: stringOf(repl?.["id"]),
      slug: stringOf(repl?.["slug"]),
      language: stringOf(repl?.["language"]),
    },
    role: role === "owner" || role === "viewer" ? role : "editor",
  };
}

/** What a host says about a refusal: `{error}` or `{message}`, or plain text that is not a page. */
function sentenceOf(text: string): string | undefined {
  const value = parseObject(text);
  const sentence = value?.["error"] ?? value?.["message"];
  if (typeof sentence === "string" && sentence !== "") return sentence;
  const plain = text.trim();
  const isSentence = value === undefined && plain !== "" && plain.length <= 300;
  return isSentence && !plain.startsWith("<") ? plain : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // Not JSON: a proxy's page, or plain text.
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? { ...value } : undefined;
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
