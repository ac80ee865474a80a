import { sign, verify, type KeyObject } from "node:crypto";

/** A PASETO of version 2, purpose public: a message that anyone may read and one key has signed. */
const HEADER = "v2.public.";

const SIGNATURE_BYTES = 64;

/** Longer tokens are nobody's: the largest official ones have a few KB. */
const MAX_TOKEN_CHARS = 16_384;

export interface SignedMessage {
  readonly message: Buffer;
  readonly footer: Buffer;
}

export function signMessage({ message, footer }: SignedMessage, key: KeyObject): string {
  const signature = sign(null, authenticated(message, footer), key);
  const payload = Buffer.concat([message, signature]).toString("base64url");
  return HEADER + payload + (footer.length === 0 ? "" : `.${footer.toString("base64url")}`);
}

/**
 * The message of a token whose signature holds, or undefined. `keyOf` finds the public key by the
 * footer, which nobody has vouched for yet.
 */
export function openMessage(
  token: string,
  keyOf: (footer: Buffer) => KeyObject | undefined,
): SignedMessage | undefined {
  if (token.length > MAX_TOKEN_CHARS || !token.startsWith(HEADER)) return undefined;
  const [payloadText = "", footerText, ...more] = token.slice(HEADER.length).split(".");
  const payload = decodeStrictly(payloadText);
  const footer = decodeStrictly(footerText ?? "");
  if (payload === undefined || footer === undefined || more.length > 0) return undefined;
  if (footerText === "") return undefined;
  if (payload.length < SIGNATURE_BYTES) return undefined;
  const message = payload.subarray(0, -SIGNATURE_BYTES);
  const signature = payload.subarray(-SIGNATURE_BYTES);
  const key = keyOf(footer);
  if (key === undefined) return undefined;
  return verify(null, authenticated(message, footer), key, signature)
    ? { message, footer }
    : undefined;
}

/**
 * What is signed: the parts with their number and lengths before them, so that no two different
 * lists of parts give the same bytes (PASETO's pre-authentication encoding).
 */
function authenticated(message: Buffer, footer: Buffer): Buffer {
  const parts = [Buffer.from(HEADER), message, footer];
  return Buffer.concat([
    littleEndian64(parts.length),
    ...parts.flatMap((part) => [littleEndian64(part.length), part]),
  ]);
}

function littleEndian64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Node's decoder skips what it does not know, which would make many texts of one token. */
function decodeStrictly(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}
