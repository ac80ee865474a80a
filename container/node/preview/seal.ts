import { createHmac, timingSafeEqual } from "node:crypto";

/** What somebody may see: a port of a repl's programs, inside the app at `app`. */
export interface Pass {
  readonly replId: string;
  readonly port: number;
  /** Origin of the app, the only one that may frame the preview. */
  readonly app: string;
  readonly untilMs: number;
}

/** A pass as text that only we can make. */
export function sealPass(pass: Pass, secret: Buffer): string {
  const text = Buffer.from(JSON.stringify(pass)).toString("base64url");
  return `${text}.${macOf(text, secret).toString("base64url")}`;
}

/** The pass that was sealed; undefined when it was not us, or its time is over. */
export function openPass(sealed: string, secret: Buffer, nowMs: number): Pass | undefined {
  const [text = "", mac = ""] = sealed.split(".");
  const given = Buffer.from(mac, "base64url");
  const right = macOf(text, secret);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const pass = JSON.parse(Buffer.from(text, "base64url").toString()) as Pass;
  return pass.untilMs > nowMs ? pass : undefined;
}

function macOf(text: string, secret: Buffer): Buffer {
  return createHmac("sha256", secret).update(text).digest();
}
