import type { Repl, Role } from "#protocol/services/control.ts";
import type { Memory } from "./memory.ts";

/** What a link leads to, and as what. */
export interface KnownRoom {
  readonly repl: Repl;
  readonly role: Role;
}

const keyOf = (link: string): string => `tandem.repl.${link}`;

/** What this device knows of the room behind a link from before, for when there is no connection. */
export function recallRoom(memory: Memory, link: string): KnownRoom | undefined {
  const known = memory.read(keyOf(link));
  // It was once the repl alone.
  return parseRoom(known) ?? parseRoom({ repl: known });
}

export function rememberRoom(memory: Memory, link: string, { repl, role }: KnownRoom): void {
  memory.write(keyOf(link), { repl, role });
}

/** Reads `{repl, role}`; without a role that it knows, the container decides what may be done. */
export function parseRoom(value: unknown): KnownRoom | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { repl, role }: Partial<Record<string, unknown>> = { ...value };
  if (typeof repl !== "object" || repl === null) return undefined;
  const { id, slug, language }: Partial<Record<string, unknown>> = { ...repl };
  if (typeof id !== "string" || typeof slug !== "string") return undefined;
  return {
    repl: { id, slug, language: typeof language === "string" ? language : "" },
    role: role === "owner" || role === "viewer" ? role : "editor",
  };
}
