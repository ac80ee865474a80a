import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { api } from "@replit/protocol";
import { generateKeyPairSync } from "node:crypto";
import { V2 } from "paseto";
import { expect, test } from "vitest";
import { mintToken, type FooterInit, type TokenInit } from "#test/helpers/mintToken.ts";
import { signMessage } from "./paseto.ts";
import { issueToken, verifyToken, type Grant } from "./tokens.ts";

const NOW_MS = Date.UTC(2021, 5, 1);
const SECOND_MS = 1000;
const pair = generateKeyPairSync("ed25519");
const signer = { id: "dev:1", key: pair.privateKey };
const here = { replId: "repl-1", cluster: "local" };
const rules = { cluster: "local", trusted: new Map([["dev:1", pair.publicKey]]) };

const valid: TokenInit = {
  iat: timestampFromMs(NOW_MS - SECOND_MS),
  exp: timestampFromMs(NOW_MS + SECOND_MS),
  salt: "salt",
  cluster: "local",
  metadata: { case: "id", value: { id: "repl-1" } },
  presenced: { bearerID: 7, bearerName: "Ada" },
};
const mint = (token: TokenInit, footer?: FooterInit, key = pair.privateKey): string =>
  mintToken(token, { id: "dev:1", key }, footer);

function verify(token: string, nowMs = NOW_MS): Grant | string {
  const result = verifyToken(token, rules, nowMs);
  return result.ok ? result.value : result.error;
}

test("[TK2] a token of a trusted key grants what it says", () => {
  expect(verify(mint(valid))).toEqual({
    repl: { kind: "id", id: "repl-1", sourceRepl: "" },
    persistence: "persistent",
    userId: 7,
    name: "Ada",
    role: "editor",
    guest: false,
  });
});

test("[TK2] both parts of a token that we issue are base64 of protobuf, for others to read", async () => {
  const ada = { userId: 7, name: "Ada", role: "viewer" } as const;
  const token = issueToken(ada, here, signer, NOW_MS);
  const { payload, footer } = await V2.verify(token, pair.publicKey, {
    buffer: true,
    complete: true,
  });
  const read = api.ReplToken.decode(Buffer.from(payload.toString(), "base64"));
  expect(read.cluster).toBe("local");
  expect(read.id?.id).toBe("repl-1");
  expect(read.presenced).toMatchObject({ bearerID: 7, bearerName: "Ada" });
  expect(read.flags).toContain("role:viewer");
  expect(read.salt).not.toBe("");
  // Field 1, a string, is all there is.
  expect(Buffer.from(footer?.toString() ?? "", "base64").toString("latin1")).toBe("\n\x05dev:1");
  expect(verify(token)).toMatchObject({ ...ada, guest: true });
  expect(issueToken(ada, here, signer, NOW_MS)).not.toBe(token);
});

test.each<[string, FooterInit]>([
  ["an unknown key", { cert: { case: "keyId", value: "dev:2" } }],
  ["a certificate", { cert: { case: "signedCert", value: "dev:1" } }],
  ["a later version", { cert: { case: "keyId", value: "dev:1" }, version: 1 }],
  ["nothing", {}],
])("[TK2] a footer with %s is refused", (_, authority) => {
  expect(verify(mint(valid, authority))).toMatch(/not signed by a key that is trusted/);
});

test("[TK3] a token that another key has signed in a trusted one's name is refused", () => {
  const other = generateKeyPairSync("ed25519");
  expect(verify(mint(valid, undefined, other.privateKey))).toMatch(/not signed by a key/);
});

test("[TK4] a token is good from its issue to its expiry, both included", () => {
  const token = mint(valid);
  expect(verify(token, NOW_MS - SECOND_MS - 1)).toBe("the token is not valid yet");
  expect(verify(token, NOW_MS - SECOND_MS)).toMatchObject({ userId: 7 });
  expect(verify(token, NOW_MS + SECOND_MS)).toMatchObject({ userId: 7 });
  expect(verify(token, NOW_MS + SECOND_MS + 1)).toBe("the token has expired");
});

test("[TK4] without an expiry a token is good for an hour, without an issue it never is", () => {
  const { iat, exp, ...timeless } = valid;
  const hour = 3600 * SECOND_MS;
  const issued = mint({ ...timeless, ...(iat === undefined ? {} : { iat }) });
  expect(verify(issued, NOW_MS + hour - SECOND_MS)).toMatchObject({ userId: 7 });
  expect(verify(issued, NOW_MS + hour)).toBe("the token has expired");
  expect(verify(mint({ ...timeless, ...(exp === undefined ? {} : { exp }) }))).toMatchObject({
    userId: 7,
  });
  expect(verify(mint(timeless))).toBe("the token has expired");
});

test("[TK4] a token that we issue is good at once on a clock that is a little behind", () => {
  const ada = { userId: 7, name: "Ada", role: "editor" } as const;
  const token = issueToken(ada, here, signer, NOW_MS);
  expect(verify(token, NOW_MS - 15 * SECOND_MS)).toMatchObject({ userId: 7 });
});

test.each(["", "LOCAL", "local ", "other"])(
  "[TK5] a token for cluster %j is refused",
  (cluster) => {
    expect(verify(mint({ ...valid, cluster }))).toBe("the token is for another cluster");
  },
);

test.each<[string, NonNullable<TokenInit["metadata"]>]>([
  ["a classroom", { case: "classroom", value: { id: "repl-1", language: "python3" } }],
  ["no metadata", { case: undefined }],
])("[TK6] a token with %s is refused", (_, metadata) => {
  expect(verify(mint({ ...valid, metadata }))).toBe("the token names no repl");
});

test("[TK6] a described repl comes with its description", () => {
  const value = {
    id: "r",
    language: "python3",
    bucket: "b",
    slug: "s",
    user: "u",
    sourceRepl: "q",
  };
  expect(verify(mint({ ...valid, metadata: { case: "repl", value } }))).toMatchObject({
    repl: { kind: "repl", id: "r", language: "python3", slug: "s", user: "u", sourceRepl: "q" },
  });
});

test.each([1, 2, 3])("[TK7] a token of wire format %i is refused", (format) => {
  const token = mint({ ...valid, format: format as 1 });
  expect(verify(token)).toBe("the token asks for a wire format other than protobuf");
});

test("[TK7] a token of a persistence that is not in the schema is refused", () => {
  expect(verify(mint({ ...valid, persistence: 3 as 0 }))).toMatch(/unknown persistence/);
  expect(verify(mint({ ...valid, persistence: 1 }))).toMatchObject({ persistence: "ephemeral" });
  expect(verify(mint({ ...valid, persistence: 2 }))).toMatchObject({ persistence: "none" });
});

test("[TK7] a signed message that is no ReplToken is refused", () => {
  const footer = Buffer.from(Buffer.from("\n\x05dev:1").toString("base64"));
  const message = Buffer.from(Buffer.of(0xff, 0xff).toString("base64"));
  expect(verify(signMessage({ message, footer }, pair.privateKey))).toBe(
    "the token holds no ReplToken",
  );
});

test("[TK8] a flag says the role", () => {
  const role = (...flags: string[]) => {
    const grant = verify(mint({ ...valid, flags }));
    return typeof grant === "string" ? grant : grant.role;
  };
  expect(role()).toBe("editor");
  expect(role("gpu", "role:owner")).toBe("owner");
  expect(role("role:viewer", "role:viewer")).toBe("viewer");
  expect(role("role:viewer", "role:owner")).toBe("the token names two roles");
  expect(role("role:admin")).toBe("the token names an unknown role");
  expect(role("role:admin", "role:viewer")).toBe("the token names two roles");
});

test("[TK9] a bearer who is not named is a guest, the same one for the same token", () => {
  const { presenced, ...anonymous } = valid;
  const token = mint(anonymous);
  const first = verify(token);
  expect(first).toMatchObject({ guest: true, name: expect.stringMatching(/^\w+ \w+$/) as string });
  expect(verify(token)).toEqual(first);
  expect(verify(mint({ ...anonymous, salt: "other" }))).not.toMatchObject({
    userId: (first as Grant).userId,
  });
  expect(presenced).toBeDefined();
});

test("[TK9] nobody has the id 0, and a name is one line", () => {
  const grant = verify(
    mint({ ...valid, presenced: { bearerID: 0, bearerName: " A\u0000d\n a " } }),
  );
  expect(grant).toMatchObject({ name: "A d a", guest: false });
  expect((grant as Grant).userId).toBeGreaterThan(0);
  expect((grant as Grant).userId).toBeLessThan(2 ** 31);
});

test("[TK10] what follows a colon is not part of a repl's id", () => {
  const metadata = { case: "id", value: { id: "repl-1:copy" } } as const;
  expect(verify(mint({ ...valid, metadata }))).toMatchObject({ repl: { id: "repl-1" } });
});

test.each(["", ":x", "../x", "a/b", "a b", ".", "a".repeat(65), "ä"])(
  "[TK10] %j is no id of a repl",
  (id) => {
    const metadata = { case: "id", value: { id } } as const;
    expect(verify(mint({ ...valid, metadata }))).toBe(
      "the token names a repl by an id that is none",
    );
  },
);

test("[TK10] a repl cannot be its own source, nor have one that is no id", () => {
  const from = (sourceRepl: string) =>
    verify(mint({ ...valid, metadata: { case: "repl", value: { id: "r", sourceRepl } } }));
  expect(from("r")).toBe("the token names a repl as its own source");
  expect(from("r:1")).toBe("the token names a repl as its own source");
  expect(from("../q")).toBe("the token names a source repl by an id that is none");
  expect(from("q")).toMatchObject({ repl: { sourceRepl: "q" } });
});
