import type { Versions } from "#common/ot/versions.ts";

/** A pause that ends a session of work. */
const PAUSE_MS = 10 * 60_000;

/** What somebody looks for in a history first: a while in which people worked on the text. */
export interface Session {
  readonly first: number;
  readonly last: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Who took part, whoever made most versions first. */
  readonly authors: readonly number[];
}

type Facts = Pick<Versions, "count" | "authorAt" | "timeAt">;

/** The sessions of a history, oldest first; `known` are those of its beginning. */
export function sessionsOf(versions: Facts, known: readonly Session[] = []): readonly Session[] {
  const sessions = known.slice(0, -1);
  let first = known.at(-1)?.first ?? 1;
  while (first <= versions.count) {
    const session = sessionFrom(versions, first);
    sessions.push(session);
    first = session.last + 1;
  }
  return sessions;
}

function sessionFrom(versions: Facts, first: number): Session {
  const counts = new Map<number, number>();
  let last = first;
  for (;;) {
    const author = versions.authorAt(last);
    counts.set(author, (counts.get(author) ?? 0) + 1);
    const isEnd =
      last === versions.count || versions.timeAt(last + 1) - versions.timeAt(last) > PAUSE_MS;
    if (isEnd) break;
    last += 1;
  }
  const authors = [...counts].toSorted(([, a], [, b]) => b - a).map(([author]) => author);
  return { first, last, startMs: versions.timeAt(first), endMs: versions.timeAt(last), authors };
}

/** The session that a version is of. */
export function sessionAt(sessions: readonly Session[], version: number): Session | undefined {
  return sessions.find(({ first, last }) => version >= first && version <= last);
}
