import { escapePattern } from "#common/lib/escapePattern.ts";

/** What calls everybody. */
export const EVERYONE = "everyone";

/** A regular expression for `@` before any of these names; the longest one that fits counts. */
export function mentionPattern(names: readonly string[]): RegExp {
  const all = [...new Set([...names, EVERYONE])]
    .filter((name) => name !== "")
    .toSorted((a, b) => b.length - a.length)
    .map((name) => escapePattern(name));
  return new RegExp(`(?<![\\p{L}\\p{N}_.])@(${all.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
}

/** Whether a message calls somebody of that name, or everybody. */
export function isMentioned(name: string, text: string): boolean {
  return mentionPattern([name]).test(text);
}
