import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import {
  GovalSigningAuthority_TokenVersion,
  GovalSigningAuthoritySchema,
  ReplToken_Persistence,
  ReplToken_WireFormat,
  ReplTokenSchema,
  type ReplToken,
} from "../gen/client_pb.ts";
import { fail, ok, type Result } from "../lib/result.ts";

/** What a connection token says, before anybody has believed it (TK3). */
export interface TokenClaims {
  /** Milliseconds since the epoch; undefined when the token does not say. */
  readonly issuedMs: number | undefined;
  readonly expiresMs: number | undefined;
  /** Random, so that no two tokens are equal. */
  readonly salt: string;
  readonly cluster: string;
  readonly persistence: Persistence;
  readonly metadata: TokenMetadata;
  /** Who bears it; undefined for somebody unknown. */
  readonly bearer: { readonly id: number; readonly name: string } | undefined;
  readonly flags: readonly string[];
}

/** What stays of a repl when everybody has left. */
export type Persistence = "persistent" | "ephemeral" | "none";

/** Which repl it is for: one that it describes in full, or one that is known already. */
export type TokenMetadata = DescribedRepl | KnownRepl;

export interface DescribedRepl {
  readonly kind: "repl";
  readonly id: string;
  readonly language: string;
  readonly slug: string;
  readonly user: string;
  /** Another repl whose files it starts with; empty for none. */
  readonly sourceRepl: string;
}

interface KnownRepl {
  readonly kind: "id";
  readonly id: string;
  readonly sourceRepl: string;
}

const persistenceNumber = {
  persistent: ReplToken_Persistence.PERSISTENT,
  ephemeral: ReplToken_Persistence.EPHEMERAL,
  none: ReplToken_Persistence.NONE,
} as const satisfies Record<Persistence, ReplToken_Persistence>;

/** The bytes that a token signs. */
export function encodeReplToken(claims: TokenClaims): Uint8Array {
  const { issuedMs, expiresMs, metadata, bearer } = claims;
  const token = create(ReplTokenSchema, {
    ...(issuedMs === undefined ? {} : { iat: timestampFromMs(issuedMs) }),
    ...(expiresMs === undefined ? {} : { exp: timestampFromMs(expiresMs) }),
    salt: claims.salt,
    cluster: claims.cluster,
    persistence: persistenceNumber[claims.persistence],
    metadata: metadataInit(metadata),
    ...(bearer === undefined
      ? {}
      : { presenced: { bearerID: bearer.id, bearerName: bearer.name } }),
    flags: [...claims.flags],
  });
  return toBinary(ReplTokenSchema, token);
}

/** Reads what a token signs, or says in a sentence why nobody here can serve it (TK6, TK7). */
export function decodeReplToken(bytes: Uint8Array): Result<TokenClaims, string> {
  let token: ReplToken;
  try {
    token = fromBinary(ReplTokenSchema, bytes);
  } catch {
    return fail("the token holds no ReplToken");
  }
  if (token.format !== ReplToken_WireFormat.PROTOBUF) {
    return fail("the token asks for a wire format other than protobuf");
  }
  const persistence = persistenceOf(token.persistence);
  if (persistence === undefined) return fail("the token asks for an unknown persistence");
  const metadata = metadataOf(token);
  if (metadata === undefined) return fail("the token names no repl");
  return ok({
    issuedMs: token.iat && timestampMs(token.iat),
    expiresMs: token.exp && timestampMs(token.exp),
    salt: token.salt,
    cluster: token.cluster,
    persistence,
    metadata,
    bearer: token.presenced && {
      id: token.presenced.bearerID,
      name: token.presenced.bearerName,
    },
    flags: token.flags,
  });
}

/** The bytes of a token's footer: the key that signed it. */
export function encodeKeyId(keyId: string): Uint8Array {
  return toBinary(
    GovalSigningAuthoritySchema,
    create(GovalSigningAuthoritySchema, { cert: { case: "keyId", value: keyId } }),
  );
}

/** The key that a footer names; undefined for a certificate, a later version, or no footer at all. */
export function decodeKeyId(footer: Uint8Array): string | undefined {
  try {
    const { cert, version } = fromBinary(GovalSigningAuthoritySchema, footer);
    const isBare = version === GovalSigningAuthority_TokenVersion.BARE_REPL_TOKEN;
    return isBare && cert.case === "keyId" ? cert.value : undefined;
  } catch {
    return undefined;
  }
}

function persistenceOf(value: ReplToken_Persistence): Persistence | undefined {
  switch (value) {
    case ReplToken_Persistence.PERSISTENT:
      return "persistent";
    case ReplToken_Persistence.EPHEMERAL:
      return "ephemeral";
    case ReplToken_Persistence.NONE:
      return "none";
    default:
      return undefined; // Later official values, and nonsense.
  }
}

function metadataInit(metadata: TokenMetadata) {
  switch (metadata.kind) {
    case "repl":
      return {
        case: "repl" as const,
        value: {
          id: metadata.id,
          language: metadata.language,
          slug: metadata.slug,
          user: metadata.user,
          sourceRepl: metadata.sourceRepl,
        },
      };
    case "id":
      return {
        case: "id" as const,
        value: { id: metadata.id, sourceRepl: metadata.sourceRepl },
      };
  }
}

/** Classrooms never shared a container and are long gone, so they are nobody's repl. */
function metadataOf({ metadata }: ReplToken): TokenMetadata | undefined {
  switch (metadata.case) {
    case "repl": {
      const { id, language, slug, user, sourceRepl } = metadata.value;
      return { kind: "repl", id, language, slug, user, sourceRepl };
    }
    case "id":
      return { kind: "id", id: metadata.value.id, sourceRepl: metadata.value.sourceRepl };
    case "classroom":
    case undefined:
      return undefined;
  }
}
