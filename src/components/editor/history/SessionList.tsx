import { Bookmark } from "lucide-react";
import { Fragment } from "react";
import { useNow } from "#store/hooks.tsx";
import { initials } from "#store/presence.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import type { NamedVersion } from "./namedVersions.ts";
import { sessionAt, type Session } from "./sessions.ts";
import { spanOf } from "./times.ts";
import { useAuthors } from "./useAuthors.ts";

interface SessionListProps {
  readonly sessions: readonly Session[];
  readonly named: readonly NamedVersion[];
  readonly version: number;
  readonly onChoose: (version: number) => void;
}

/** More than anybody reads; the timeline has them all. */
const MAX_LISTED = 300;
const MAX_NAMED = 3;

/** When people worked on the text and who they were, the latest first. */
export function SessionList({ sessions, named, version, onChoose }: SessionListProps) {
  const nowMs = useNow(60_000);
  const authorOf = useAuthors();
  const active = sessionAt(sessions, version);
  return (
    <nav className="history__sessions" aria-label="Sessions of work">
      {sessions
        .slice(-MAX_LISTED)
        .toReversed()
        .map((session) => {
          const edits = session.last - session.first + 1;
          const people = session.authors.map((id) => ({ id, ...authorOf(id) }));
          const inside = named.filter((one) => sessionAt([session], one.version) !== undefined);
          return (
            <Fragment key={session.first}>
              <button
                ref={session === active ? scrollTo : undefined}
                type="button"
                className="history__session"
                aria-current={session === active}
                onClick={() => onChoose(session.last)}
              >
                <span className="history__when">
                  {spanOf(session.startMs, session.endMs, nowMs)}
                </span>
                <span className="history__who">
                  {people
                    .slice(0, MAX_NAMED)
                    .map(
                      ({ id, name, color }) =>
                        color !== undefined && (
                          <Avatar key={id} initials={initials(name)} color={color} sizePx={18} />
                        ),
                    )}
                  <span className="history__names">
                    {people.map(({ name }) => name).join(", ")}
                  </span>
                  <span>{edits === 1 ? "1 edit" : `${edits} edits`}</span>
                </span>
              </button>
              {inside.toReversed().map((one) => (
                <button
                  key={one.version}
                  type="button"
                  className="history__session history__session--named"
                  aria-current={one.version === version}
                  onClick={() => onChoose(one.version)}
                >
                  <Bookmark size={12} strokeWidth={1.75} aria-hidden />
                  {one.name}
                </button>
              ))}
            </Fragment>
          );
        })}
    </nav>
  );
}

function scrollTo(item: HTMLElement | null): void {
  item?.scrollIntoView?.({ block: "nearest" });
}
