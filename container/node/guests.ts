import { createHash } from "node:crypto";

/** Longer names push everything else out of a roster. Whole characters, emoji among them. */
const nameStart = /^.{1,40}/u;

/**
 * A user id for whoever holds `secret`: the same for the same secret, never 0 (which is the
 * program), and positive in 32 bits, as some bodies carry it signed.
 */
export function userIdOf(secret: string): number {
  const digest = createHash("sha256").update(secret).digest();
  return digest.readUInt32BE() & 0x7fff_ffff || 1;
}

/** A name for someone who gave none. */
export function friendlyName(userId: number): string {
  const adjective = adjectives[userId % adjectives.length];
  const animal = animals[Math.floor(userId / adjectives.length) % animals.length];
  return `${adjective} ${animal}`;
}

/** A name fit to be shown on one line, or undefined when nothing of it is left. */
export function cleanName(name: string | undefined): string | undefined {
  const oneLine = name?.replaceAll(/[\p{C}\s]+/gu, " ").trim() ?? "";
  return oneLine.match(nameStart)?.[0];
}

// Sizes without a common divisor, so that neighbouring ids differ in both words.
const adjectives = [
  "Amber",
  "Bold",
  "Brave",
  "Bright",
  "Calm",
  "Clever",
  "Curious",
  "Eager",
  "Gentle",
  "Happy",
  "Honest",
  "Jolly",
  "Keen",
  "Kind",
  "Lively",
  "Lucky",
  "Merry",
  "Nimble",
  "Patient",
  "Polite",
  "Quick",
  "Quiet",
  "Sunny",
  "Swift",
  "Warm",
  "Wise",
  "Witty",
] as const;

const animals = [
  "Badger",
  "Beaver",
  "Bison",
  "Crane",
  "Dolphin",
  "Eagle",
  "Falcon",
  "Ferret",
  "Finch",
  "Fox",
  "Gecko",
  "Hare",
  "Heron",
  "Ibis",
  "Jay",
  "Koala",
  "Lark",
  "Lynx",
  "Marten",
  "Mole",
  "Newt",
  "Otter",
  "Owl",
  "Panda",
  "Puffin",
  "Raven",
  "Robin",
  "Seal",
  "Stork",
  "Swan",
  "Tapir",
  "Wren",
] as const;
