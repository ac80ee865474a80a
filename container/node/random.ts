import { randomInt } from "node:crypto";
import type { Random } from "#common/lib/random.ts";

/** Largest range that `randomInt` takes. */
const RANGE = 2 ** 48 - 1;

/** Chance that nobody can guess: refs and nonces are made of it. */
export const systemRandom: Random = () => randomInt(RANGE) / RANGE;
