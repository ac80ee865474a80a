import { messageOf } from "#common/lib/errors.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { Platform } from "../../platform.ts";
import type { Session, Values } from "../../service.ts";

/** Where everyone stands who has ever been here. */
export const PEOPLE = "people";

/** Guests come and go; past this many, those who were away longest are forgotten. */
const MAX_PEOPLE = 5_000;

/** That someone is here is news again after this long. */
const SEEN_MS = 60 * 60_000;

interface Person {
  readonly name: string;
  readonly lastSeenMs: number;
}

/** Writes down who comes, so that there is a name for the author of anything, also when away. */
export class People {
  readonly #values: Values;
  readonly #platform: Platform;
  #known: Readonly<Record<string, Person>> | undefined;
  readonly #news = new Map<number, Person>();

  constructor(platform: Platform, values: Values) {
    this.#platform = platform;
    this.#values = values;
  }

  saw({ userId, name }: Session): void {
    this.#news.set(userId, { name, lastSeenMs: this.#platform.clock.now() });
    void this.#values.inTurn(PEOPLE, () => this.#write());
  }

  /** Writes all that has come up until its turn, so that a crowd is one writing. */
  async #write(): Promise<void> {
    try {
      this.#known ??= peopleIn(await this.#values.read(PEOPLE));
      const known = this.#known;
      const news = [...this.#news].filter(([userId, { name, lastSeenMs }]) => {
        const before = known[userId];
        return before?.name !== name || lastSeenMs - before.lastSeenMs >= SEEN_MS;
      });
      this.#news.clear();
      if (news.length === 0) return;
      const people = newest({ ...known, ...Object.fromEntries(news) });
      await this.#values.write(PEOPLE, encodeUtf8(JSON.stringify(people)));
      this.#known = people;
    } catch (error) {
      // Whoever comes next brings it up again; nobody's work depends on it.
      this.#platform.log.warn(`people are not written down: ${messageOf(error)}`);
    }
  }
}

function peopleIn(value: Uint8Array | undefined): Readonly<Record<string, Person>> {
  return JSON.parse((value && decodeUtf8(value)) ?? "{}") as Readonly<Record<string, Person>>;
}

function newest(people: Readonly<Record<string, Person>>): Readonly<Record<string, Person>> {
  const all = Object.entries(people);
  if (all.length <= MAX_PEOPLE) return people;
  all.sort(([, a], [, b]) => b.lastSeenMs - a.lastSeenMs);
  return Object.fromEntries(all.slice(0, MAX_PEOPLE));
}
