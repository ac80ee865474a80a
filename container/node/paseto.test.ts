import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { V2 } from "paseto";
import { expect, test } from "vitest";
import { openMessage, signMessage } from "./paseto.ts";

// The key pair of the official test vectors, as raw bytes behind a fixed prefix.
const SEED = "b4cbfb43df4ce210727d953e4a713307fa19bb7d9f85041438d9e11b942a3774";
const privateKey = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${SEED}`, "hex"),
  format: "der",
  type: "pkcs8",
});
const publicKey = createPublicKey(privateKey);
const noFooter = Buffer.alloc(0);
const trusting = (key: KeyObject) => () => key;

const claims = Buffer.from('{"data":"this is a signed message","exp":"2019-01-01T00:00:00+00:00"}');
const vectors = [
  {
    name: "2-S-1",
    footer: "",
    token:
      "v2.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAxOS0wMS0wMVQwMDowMDow" +
      "MCswMDowMCJ9HQr8URrGntTu7Dz9J2IF23d1M7-9lH9xiqdGyJNvzp4angPW5Esc7C5huy_M8I8_DjJK2ZXC2SUYuOF" +
      "M-Q_5Cw",
  },
  {
    name: "2-S-2",
    footer: '{"kid":"zVhMiPBP9fRf2snEcT7gFTioeA9COcNy9DfgL1W60haN"}',
    token:
      "v2.public.eyJkYXRhIjoidGhpcyBpcyBhIHNpZ25lZCBtZXNzYWdlIiwiZXhwIjoiMjAxOS0wMS0wMVQwMDowMDow" +
      "MCswMDowMCJ9flsZsx_gYCR0N_Ec2QxJFFpvQAs7h9HtKwbVK2n1MJ3Rz-hwe8KUqjnd8FAnIJZ601tp7lGkguU63oG" +
      "bomhoBw.eyJraWQiOiJ6VmhNaVBCUDlmUmYyc25FY1Q3Z0ZUaW9lQTlDT2NOeTlEZmdMMVc2MGhhTiJ9",
  },
];

test.each(vectors)("agrees with the official vector $name", ({ token, footer }) => {
  expect(signMessage({ message: claims, footer: Buffer.from(footer) }, privateKey)).toBe(token);
  expect(openMessage(token, trusting(publicKey))).toEqual({
    message: claims,
    footer: Buffer.from(footer),
  });
});

test("agrees with another implementation, both ways, on bytes that are no text", async () => {
  const message = Buffer.from([0, 255, 128, 10, 0]);
  const footer = Buffer.from("a footer");
  const theirs = await V2.sign(message, privateKey, { footer });
  expect(openMessage(theirs, trusting(publicKey))).toEqual({ message, footer });

  const ours = signMessage({ message, footer }, privateKey);
  expect(ours).toBe(theirs);
  const read = await V2.verify(ours, publicKey, { buffer: true, complete: true });
  expect(read).toMatchObject({ payload: message, footer });
});

test("[TK3] opens nothing that was changed anywhere", () => {
  const footer = Buffer.from("footer");
  const token = signMessage({ message: Buffer.from("message"), footer }, privateKey);
  const changed = Array.from(token, (character, i) => {
    const other = character === "A" ? "B" : "A";
    return token.slice(0, i) + other + token.slice(i + 1);
  });
  for (const text of changed) expect(openMessage(text, trusting(publicKey))).toBeUndefined();
});

test("[TK3] takes one spelling of a token only", () => {
  const token = signMessage({ message: Buffer.from("mess"), footer: noFooter }, privateKey);
  expect(openMessage(token, trusting(publicKey))).toBeDefined();
  const payload = token.slice("v2.public.".length);
  const spellings = [
    `${token}=`,
    `${token}\n`,
    `${token}.`,
    `${token}..`,
    ` ${token}`,
    token.replace("v2.public", "V2.public"),
    token.replace("v2.public", "v2.local"),
    `v2.public.${payload.slice(0, 4)} ${payload.slice(4)}`,
    `v2.public.${payload.replaceAll("-", "+").replaceAll("_", "/")}#`,
  ].filter((text) => text !== token);
  for (const text of spellings) expect(openMessage(text, trusting(publicKey))).toBeUndefined();
});

test("[TK3] opens nothing that another key has signed, or that nobody knows the key of", () => {
  const other = generateKeyPairSync("ed25519");
  const token = signMessage({ message: Buffer.from("m"), footer: noFooter }, other.privateKey);
  expect(openMessage(token, trusting(publicKey))).toBeUndefined();
  expect(openMessage(token, () => undefined)).toBeUndefined();
});

test("opens nothing out of nonsense", () => {
  const texts = [
    "",
    "v2.public.",
    "v2.public.AAAA",
    "v2.public",
    "hello",
    `v2.public.${"A".repeat(20_000)}`,
  ];
  for (const text of texts) expect(openMessage(text, trusting(publicKey))).toBeUndefined();
});
