import { Eye } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials, participants } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";

const SHOWN = 4;

/** Who is here, as overlapping discs. A click on someone follows them, a second one stops. */
export function PeopleStack() {
  const actions = useActions();
  const everyone = useIde((state) => participants(state.presence, state.control.self?.session));
  const following = useIde((state) => state.presence.following);
  const followers = everyone.filter(({ followsMe }) => followsMe);
  const shown = everyone.length > SHOWN ? everyone.slice(0, SHOWN - 1) : everyone;
  const rest = everyone.length - shown.length;
  return (
    <div className="people-stack" role="group" aria-label="People in this room">
      {shown.map((person) => {
        const followed = following.some(({ session }) => session === person.session);
        const tip = person.isMe
          ? [`${person.name} (you)`, ...followers.map(({ name }) => `${name} follows you`)].join(
              " · ",
            )
          : followed
            ? `Following ${person.name} · click to stop`
            : `${person.name} · click to follow`;
        return (
          <button
            key={person.userId}
            type="button"
            className={`people-stack__person${followed ? " people-stack__person--followed" : ""}`}
            aria-label={tip}
            aria-pressed={person.isMe ? undefined : followed}
            data-tip={tip}
            onClick={() => {
              if (person.isMe) actions.layout.toggleSidebar("people");
              else if (followed) actions.presence.unfollow(person.session);
              else actions.presence.follow(person.session);
            }}
          >
            <Avatar initials={initials(person.name)} color={person.color} />
            {person.isMe && followers.length > 0 && (
              <span className="people-stack__eye">
                <Eye size={10} aria-hidden />
                {followers.length > 1 && followers.length}
              </span>
            )}
          </button>
        );
      })}
      {rest > 0 && (
        <button
          type="button"
          className="people-stack__more"
          aria-label={`${rest} more people`}
          onClick={() => actions.layout.toggleSidebar("people")}
        >
          +{rest}
        </button>
      )}
    </div>
  );
}
