import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { readOwnFile, writeOwnFile } from "./ownFile.ts";
import type { SigningKey } from "./tokens.ts";

/** DER of an Ed25519 public key up to its 32 raw bytes. */
const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

const RAW_KEY_BYTES = 32;

/** The host's own key, made on first use. Only the owner of the file can read it. */
export function openHostKey(file: string): SigningKey {
  const pem = readOwnFile(file) ?? createKey();
  // Also when it is there: the mode may have been lost with a backup.
  writeOwnFile(file, pem);
  const key = createPrivateKey(pem);
  const digest = createHash("sha256")
    .update(rawPublicKey(createPublicKey(key)))
    .digest("hex");
  return { id: `tandem:${digest.slice(0, 16)}`, key };
}

/** A public key from its 32 bytes in base64, as `--trust-key` takes it; undefined if it is none. */
export function parsePublicKey(base64: string): KeyObject | undefined {
  const raw = Buffer.from(base64, "base64");
  if (raw.length !== RAW_KEY_BYTES) return undefined;
  const der = Buffer.concat([PUBLIC_KEY_PREFIX, raw]);
  return createPublicKey({ key: der, format: "der", type: "spki" });
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(PUBLIC_KEY_PREFIX.length);
}

function createKey(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}
