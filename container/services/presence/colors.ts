import { messageOf } from "#common/lib/errors.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { Platform } from "../../platform.ts";

/** How many colours there are; what they look like is the app's to know. */
const COLORS = 8;

/** Guests come and go; past this many, those who came first are forgotten. */
const MAX_PEOPLE = 2_000;

/** Where the colours are kept. */
const RECORD = "colors";

/** The colour of everyone who was ever here, by account: the same for all, today and next year. */
export class Colors {
  readonly #platform: Platform;
  /** In the order in which they got them. */
  readonly #byUser: Map<number, number>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(platform: Platform, byUser: Map<number, number>) {
    this.#platform = platform;
    this.#byUser = byUser;
  }

  static async read(platform: Platform): Promise<Colors> {
    try {
      const record = await platform.storage.readRecord(RECORD);
      const pairs = JSON.parse((record && decodeUtf8(record)) ?? "[]") as [number, number][];
      return new Colors(platform, new Map(pairs));
    } catch (error) {
      // Everyone gets another one.
      platform.log.warn(`the colours are lost: ${messageOf(error)}`, { tag: "invariant" });
      return new Colors(platform, new Map());
    }
  }

  get all(): Readonly<Record<number, number>> {
    return Object.fromEntries(this.#byUser);
  }

  of(userId: number): number | undefined {
    return this.#byUser.get(userId);
  }

  set(userId: number, color: number): void {
    this.#byUser.delete(userId);
    this.#byUser.set(userId, color);
    for (const oldest of this.#byUser.keys()) {
      if (this.#byUser.size <= MAX_PEOPLE) break;
      this.#byUser.delete(oldest);
    }
    this.#writing = this.#writing.then(() => this.#write());
  }

  /** For someone new the colour that fewest of those who are here have, and then fewest of all. */
  choose(userId: number, here: readonly { readonly userId: number }[]): void {
    const uses = new Array<number>(COLORS).fill(0);
    const count = (color: number | undefined, weight: number): void => {
      if (color !== undefined) uses[color] = (uses[color] ?? 0) + weight;
    };
    for (const color of this.#byUser.values()) count(color, 1);
    for (const id of new Set(here.map((session) => session.userId))) {
      count(this.of(id), MAX_PEOPLE);
    }
    this.set(userId, uses.indexOf(Math.min(...uses)));
  }

  /** Resolves when all that was changed has been written. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #write(): Promise<void> {
    try {
      const record = encodeUtf8(JSON.stringify([...this.#byUser]));
      await this.#platform.storage.writeRecord(RECORD, record);
    } catch (error) {
      // Nobody's work depends on it; the next change writes them again.
      this.#platform.log.warn(`the colours are not written down: ${messageOf(error)}`);
    }
  }
}

export function isColor(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < COLORS;
}
