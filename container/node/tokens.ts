import { randomBytes, type KeyObject } from "node:crypto";
import { fail, ok, type Result } from "#common/lib/result.ts";
import {
  decodeKeyId,
  decodeReplToken,
  encodeKeyId,
  encodeReplToken,
  type Persistence,
  type TokenClaims,
  type TokenMetadata,
} from "#common/wire/token.ts";
import type { Role } from "../service.ts";
import type { Identity } from "../session.ts";
import { cleanName, friendlyName, userIdOf } from "./guests.ts";
import { openMessage, signMessage } from "./paseto.ts";

/** A token without an expiry is good for this long after its issue (TK4). */
const DEFAULT_LIFETIME_MS = 3600_000;

/** Issuers date tokens back by this much, so that a clock a little behind theirs takes them. */
const BACKDATE_MS = 15_000;

/** How a token that we hand out lives: long enough to reconnect with, short enough to lose. */
const ISSUED_LIFETIME_MS = 3600_000;

/** A key that may sign tokens, by the id that footers call it by. */
export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** What a host believes. */
export interface TokenRules {
  readonly cluster: string;
  /** Public keys by id. */
  readonly trusted: ReadonlyMap<string, KeyObject>;
}

/** What a valid token entitles its bearer to. */
export interface Grant extends Identity {
  readonly repl: TokenMetadata;
  readonly persistence: Persistence;
}

/** Flag of tokens for people without an account, who may choose their name. */
const GUEST_FLAG = "guest";

/** A token for one guest in one repl. */
export function issueToken(
  who: { readonly userId: number; readonly name: string; readonly role: Role },
  where: { readonly replId: string; readonly cluster: string },
  signer: SigningKey,
  nowMs: number,
): string {
  return signClaims(
    {
      issuedMs: nowMs - BACKDATE_MS,
      expiresMs: nowMs + ISSUED_LIFETIME_MS,
      salt: randomBytes(16).toString("base64url"),
      cluster: where.cluster,
      persistence: "persistent",
      metadata: { kind: "id", id: where.replId, sourceRepl: "" },
      bearer: { id: who.userId, name: who.name },
      flags: [`role:${who.role}`, GUEST_FLAG],
    },
    signer,
  );
}

/** Both parts are base64 inside the PASETO, which encodes them once more: so it is on the wire. */
function signClaims(claims: TokenClaims, signer: SigningKey): string {
  return signMessage(
    {
      message: Buffer.from(Buffer.from(encodeReplToken(claims)).toString("base64")),
      footer: Buffer.from(Buffer.from(encodeKeyId(signer.id)).toString("base64")),
    },
    signer.key,
  );
}

/** What `token` grants now, or in a sentence why it grants nothing (TK). */
export function verifyToken(
  token: string,
  { cluster, trusted }: TokenRules,
  nowMs: number,
): Result<Grant, string> {
  const signed = openMessage(token, (footer) => {
    const keyId = decodeKeyId(fromBase64(footer));
    return keyId === undefined ? undefined : trusted.get(keyId);
  });
  if (signed === undefined) return fail("the token is not signed by a key that is trusted here");
  const decoded = decodeReplToken(fromBase64(signed.message));
  if (!decoded.ok) return decoded;
  const claims = decoded.value;

  const issuedMs = claims.issuedMs ?? 0;
  const expiresMs = claims.expiresMs ?? issuedMs + DEFAULT_LIFETIME_MS;
  if (nowMs < issuedMs) return fail("the token is not valid yet");
  if (nowMs > expiresMs) return fail("the token has expired");
  if (claims.cluster !== cluster) return fail("the token is for another cluster");
  const repl = checkRepl(claims.metadata);
  if (!repl.ok) return repl;
  const role = roleOf(claims.flags);
  if (!role.ok) return role;
  return ok({
    repl: repl.value,
    persistence: claims.persistence,
    role: role.value,
    guest: claims.bearer === undefined || claims.flags.includes(GUEST_FLAG),
    ...identityOf(claims, token),
  });
}

/** A repl's id becomes a name of a folder, so it may hold nothing that means something there. */
const REPL_ID = /^[A-Za-z0-9_-]{1,64}$/;

function checkRepl(metadata: TokenMetadata): Result<TokenMetadata, string> {
  const id = withoutSuffix(metadata.id);
  const sourceRepl = withoutSuffix(metadata.sourceRepl);
  if (!REPL_ID.test(id)) return fail("the token names a repl by an id that is none");
  if (sourceRepl !== "" && !REPL_ID.test(sourceRepl)) {
    return fail("the token names a source repl by an id that is none");
  }
  if (sourceRepl === id) return fail("the token names a repl as its own source");
  return ok({ ...metadata, id, sourceRepl });
}

/** Hosting once told copies of a repl apart by `id:copy`. */
function withoutSuffix(id: string): string {
  return id.split(":", 1)[0] ?? "";
}

const roles: ReadonlyMap<string, Role> = new Map([
  ["role:owner", "owner"],
  ["role:editor", "editor"],
  ["role:viewer", "viewer"],
]);

/** Other flags are switches of features that we do not have. An unknown role must not pass for one. */
function roleOf(flags: readonly string[]): Result<Role, string> {
  const named = new Set(flags.filter((flag) => flag.startsWith("role:")));
  const [flag = "role:editor"] = named;
  const role = roles.get(flag);
  if (named.size > 1) return fail("the token names two roles");
  return role === undefined ? fail("the token names an unknown role") : ok(role);
}

/** Somebody unknown is one and the same person as long as the token is the same. */
function identityOf({ bearer }: TokenClaims, token: string): { userId: number; name: string } {
  const userId = bearer?.id || userIdOf(token);
  return { userId, name: cleanName(bearer?.name) ?? friendlyName(userId) };
}

function fromBase64(ascii: Buffer): Buffer {
  return Buffer.from(ascii.toString("latin1"), "base64");
}
