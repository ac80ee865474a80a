import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "#common/lib/clock.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { refused, type Answer } from "./answer.ts";
import { friendlyName, cleanName, userIdOf } from "./guests.ts";
import { ImagesApi } from "./imagesApi.ts";
import { ROLES, type Invite, type Invites } from "./invites.ts";
import { httpUrl, pageOf, peerOf, webSocketUrl } from "./origin.ts";
import { readPoster } from "./poster.ts";
import type { Previews } from "./preview/previews.ts";
import type { ReplRecord, Repls } from "./repls.ts";
import { issueToken, type SigningKey } from "./tokens.ts";

export interface ApiOptions {
  readonly clock: Clock;
  readonly repls: Repls;
  readonly invites: Invites;
  readonly cluster: string;
  readonly signer: SigningKey;
  readonly trustProxy: boolean;
  readonly version: string;
  readonly previews: Previews;
}

/** What answers who has a valid invite. */
type Handler = (invite: Invite, request: IncomingMessage, url: URL) => Answer | Promise<Answer>;

/** Wrong invites that an address is forgiven a minute: people mistype, nobody thirty times. */
const FORGIVEN_FAILURES = 30;
const FAILURE_WINDOW_MS = 60_000;

/** The host's HTTP API (HT): what a browser has to know before it can speak the protocol. */
export class Api {
  readonly #options: ApiOptions;
  readonly #images: ImagesApi;
  readonly #failures = new Map<string, { count: number; untilMs: number }>();

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#images = new ImagesApi(options.repls);
  }

  /**
   * Answers a GET of `/api/…`, or a POST to where images go; undefined when there is nothing of that
   * name.
   */
  async answer(request: IncomingMessage, url: URL): Promise<Answer | undefined> {
    if (url.pathname === "/api/host") return this.#host();
    const handle = this.#handlerOf(request, url);
    if (handle === undefined) return undefined;
    const invite = this.#inviteOf(request, url);
    return invite.ok ? handle(invite.value, request, url) : invite.error;
  }

  #handlerOf({ method }: IncomingMessage, { pathname }: URL): Handler | undefined {
    const image = /^\/api\/images\/([^/]+)$/.exec(pathname)?.[1];
    if (method === "POST") return (invite, request) => this.#images.take(invite, request);
    if (image !== undefined) return (invite) => this.#images.show(invite, image);
    return this.#handlers[pathname];
  }

  /** What may be asked with an invite. */
  readonly #handlers: Readonly<Record<string, Handler>> = {
    "/api/connection": (invite, request) => this.#connection(invite, request),
    "/api/invites": (invite, request) => this.#links(invite, request),
    "/api/poster": (invite) => this.#poster(invite),
    "/api/preview": (invite, request, url) => this.#preview(invite, request, url),
  };

  #host(): Answer {
    return { status: 200, body: { version: this.#options.version, pid: process.pid } };
  }

  #connection({ replId, role }: Invite, request: IncomingMessage): Answer {
    const { repls, cluster, signer, clock, trustProxy } = this.#options;
    const repl = repls.find(replId);
    if (repl === undefined) return refused(404, "This project is not open here any more.");
    const origin = pageOf(request, trustProxy);
    const user = guestOf(request);
    const token = issueToken({ ...user, role }, { replId, cluster }, signer, clock.now());
    return {
      status: 200,
      body: {
        token,
        gurl: webSocketUrl(origin),
        conmanURL: httpUrl(origin),
        dotdevHostname: origin.hostname,
        repl: summaryOf(repl),
        role,
        user: { id: user.userId, name: user.name },
      },
    };
  }

  #links({ replId, role }: Invite, request: IncomingMessage): Answer {
    const secrets = this.#options.invites.secretsOf(replId);
    if (role !== "owner" || secrets === undefined) {
      return refused(403, "Only an owner may see the invites.");
    }
    const base = httpUrl(pageOf(request, this.#options.trustProxy));
    const links = ROLES.map((role) => [role, inviteLink(base, secrets[role])] as const);
    return { status: 200, body: Object.fromEntries(links) };
  }

  async #poster({ replId, role }: Invite): Promise<Answer> {
    const repl = this.#options.repls.find(replId);
    if (repl === undefined) return refused(404, "This project is not open here any more.");
    return {
      status: 200,
      body: { repl: summaryOf(repl), role, ...(await readPoster(repl.folder)) },
    };
  }

  #preview({ replId }: Invite, request: IncomingMessage, url: URL): Answer {
    const port = Number(url.searchParams.get("port"));
    const { previews, trustProxy } = this.#options;
    const app = pageOf(request, trustProxy);
    const access = previews.grant(replId, port, app);
    if (access === undefined) return refused(404, "Nothing listens on that port.");
    if (!previews.canBeSeenFrom(app)) {
      return refused(501, "Behind this proxy, previews need the host's option --preview-url.");
    }
    const { cookie, ...body } = access;
    return { status: 200, body, ...(cookie === undefined ? {} : { cookie }) };
  }

  #inviteOf(request: IncomingMessage, url: URL): Result<Invite, Answer> {
    const peer = peerOf(request, this.#options.trustProxy);
    if (this.#isBlocked(peer)) {
      return fail(refused(429, "Too many wrong invites. Try again in a minute."));
    }
    const [, bearer] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const secret = bearer ?? url.searchParams.get("invite") ?? "";
    const invite = this.#options.invites.find(secret);
    if (invite === undefined) {
      if (secret !== "") this.#countFailure(peer);
      return fail(refused(401, "This invite is not valid here. Ask for a new link."));
    }
    const wanted = url.searchParams.get("repl") ?? "";
    if (wanted !== "" && wanted !== invite.replId) {
      return fail(refused(403, "This invite is for another project."));
    }
    return ok(invite);
  }

  #isBlocked(peer: string): boolean {
    const failures = this.#failures.get(peer);
    if (failures === undefined) return false;
    if (failures.untilMs > this.#options.clock.now()) return failures.count >= FORGIVEN_FAILURES;
    this.#failures.delete(peer);
    return false;
  }

  #countFailure(peer: string): void {
    const now = this.#options.clock.now();
    for (const [other, { untilMs }] of this.#failures) {
      if (untilMs <= now) this.#failures.delete(other);
    }
    const failures = this.#failures.get(peer) ?? { count: 0, untilMs: now + FAILURE_WINDOW_MS };
    failures.count += 1;
    this.#failures.set(peer, failures);
  }
}

/**
 * The link that lets somebody in. The secret is in the fragment, which browsers neither send nor
 * put into a referrer.
 */
export function inviteLink(base: string, secret: string): string {
  return `${base}#invite=${secret}`;
}

function summaryOf({ id, slug, language }: ReplRecord) {
  return { id, slug, language };
}

/** Who asks: a browser keeps a secret by which it is the same person next time. */
function guestOf({ headers }: IncomingMessage): { userId: number; name: string } {
  const { "x-tandem-guest": secret, "x-tandem-name": name } = headers;
  const userId = userIdOf(typeof secret === "string" ? secret : randomUUID());
  return { userId, name: cleanName(decodeHeader(name)) ?? friendlyName(userId) };
}

/** Headers take no Unicode, so browsers send names percent-encoded. */
function decodeHeader(value: string | string[] | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
