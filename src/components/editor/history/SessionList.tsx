import { useIde, useNow } from "#store/hooks.tsx";
import { authorOf, initials } from "#store/presence.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { sessionAt, type Session } from "./sessions.ts";
import { spanOf } from "./times.ts";

interface SessionListProps {
  readonly sessions: readonly Session[];
  readonly version: number;
  readonly onChoose: (version: number) => void;
}

/** More than anybody reads; the timeline has them all. */
const MAX_LISTED = 300;
const MAX_NAMED = 3;

/** When people worked on the text and who they were, the latest first. */
export function SessionList({ sessions, version, onChoose }: SessionListProps) {
  const nowMs = useNow(60_000);
  const presence = useIde((state) => state.presence);
  const active = sessionAt(sessions, version);
  return (
    <nav className="history__sessions" aria-label="Sessions of work">
      {sessions
        .slice(-MAX_LISTED)
        .toReversed()
        .map((session) => {
          const edits = session.last - session.first + 1;
          const people = session.authors.map((id) => ({ id, ...authorOf(presence, id) }));
          return (
            <button
              key={session.first}
              ref={session === active ? scrollTo : undefined}
              type="button"
              className="history__session"
              aria-current={session === active}
              onClick={() => onChoose(session.last)}
            >
              <span className="history__when">{spanOf(session.startMs, session.endMs, nowMs)}</span>
              <span className="history__who">
                {people
                  .slice(0, MAX_NAMED)
                  .map(
                    ({ id, name, color }) =>
                      color !== undefined && (
                        <Avatar key={id} initials={initials(name)} color={color} sizePx={16} />
                      ),
                  )}
                <span className="history__names">{people.map(({ name }) => name).join(", ")}</span>
                <span>{edits === 1 ? "1 edit" : `${edits} edits`}</span>
              </span>
            </button>
          );
        })}
    </nav>
  );
}

function scrollTo(item: HTMLElement | null): void {
  item?.scrollIntoView?.({ block: "nearest" });
}
