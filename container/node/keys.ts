import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { systemCode } from "./fileError.ts";
import type { SigningKey } from "./tokens.ts";

/** DER of an Ed25519 public key up to its 32 raw bytes. */
const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

const RAW_KEY_BYTES = 32;

/** The host's own key, made on first use. Only the owner of the file can read it. */
export function openHostKey(file: string): SigningKey {
  const pem = readKey(file) ?? createKey(file);
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

function readKey(file: string): string | undefined {
  try {
    chmodSync(file, 0o600);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function createKey(file: string): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  writeFileSync(file, pem, { mode: 0o600, flag: "wx" });
  return pem;
}
