import { memoizeLast } from "#common/lib/memoize.ts";
import type { AuthorsState } from "../ui/authors.ts";

/** Everyone who can be named: who is here, and who ever was. */
export function everyName({ presence, metadata }: AuthorsState): readonly string[] {
  return namesOf(presence.people, metadata.names);
}

const namesOf = memoizeLast(
  (
    people: AuthorsState["presence"]["people"],
    names: AuthorsState["metadata"]["names"],
  ): readonly string[] => [
    ...new Set([...people.map(({ name }) => name), ...Object.values(names)]),
  ],
);
