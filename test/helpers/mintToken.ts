import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { GovalSigningAuthoritySchema, ReplTokenSchema } from "#common/gen/client_pb.ts";
import { signMessage } from "#container/node/paseto.ts";
import type { SigningKey } from "#container/node/tokens.ts";

/** Plain literals only, which can be spread. */
export type TokenInit = Exclude<MessageInitShape<typeof ReplTokenSchema>, { $typeName: string }>;
export type FooterInit = MessageInitShape<typeof GovalSigningAuthoritySchema>;

/** A token with anything in it, signed as an issuer does. The footer names the signer if it may. */
export function mintToken(
  token: TokenInit,
  { id, key }: SigningKey,
  footer: FooterInit = { cert: { case: "keyId", value: id } },
): string {
  const message = toBinary(ReplTokenSchema, create(ReplTokenSchema, token));
  const authority = toBinary(
    GovalSigningAuthoritySchema,
    create(GovalSigningAuthoritySchema, footer),
  );
  return signMessage({ message: asciiOf(message), footer: asciiOf(authority) }, key);
}

function asciiOf(bytes: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(bytes).toString("base64"));
}
