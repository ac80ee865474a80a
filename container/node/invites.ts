import { createHash, randomBytes } from "node:crypto";
import path from "node:path";
import type { Role } from "../service.ts";
import { readOwnFile, writeOwnFile } from "./ownFile.ts";

/** 128 bits: nobody finds one by trying. */
const SECRET_BYTES = 16;

export const ROLES = ["owner", "editor", "viewer"] as const satisfies readonly Role[];

export type Secrets = Readonly<Record<Role, string>>;

/** What an invite lets its holder into. */
export interface Invite {
  readonly replId: string;
  readonly role: Role;
}

/** The invites of the repls that are open: one secret for each role. */
export class Invites {
  /** By digest, so that how long a look-up takes says nothing about the secrets. */
  readonly #byDigest = new Map<string, Invite>();
  readonly #secretsByRepl = new Map<string, Secrets>();

  /** Reads a repl's invites from its folder, where they are made on first use. */
  open(replId: string, folder: string): Secrets {
    const file = path.join(folder, "invites.json");
    const secrets = readSecrets(file) ?? createSecrets(file);
    for (const role of ROLES) this.#byDigest.set(digest(secrets[role]), { replId, role });
    this.#secretsByRepl.set(replId, secrets);
    return secrets;
  }

  find(secret: string): Invite | undefined {
    return this.#byDigest.get(digest(secret));
  }

  secretsOf(replId: string): Secrets | undefined {
    return this.#secretsByRepl.get(replId);
  }
}

function digest(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}

function readSecrets(file: string): Secrets | undefined {
  const text = readOwnFile(file);
  return text === undefined ? undefined : (JSON.parse(text) as Secrets);
}

function createSecrets(file: string): Secrets {
  const secret = (): string => randomBytes(SECRET_BYTES).toString("base64url");
  const secrets: Secrets = { owner: secret(), editor: secret(), viewer: secret() };
  writeOwnFile(file, JSON.stringify(secrets));
  return secrets;
}
