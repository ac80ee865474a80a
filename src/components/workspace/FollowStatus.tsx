import { Eye, EyeOff } from "lucide-react";
import { useActions, useIde, useShortcut } from "#store/hooks.tsx";

/** Whom I follow, also when what they see is out of my sight. */
export function FollowStatus() {
  const { presence } = useActions();
  const following = useIde((state) => state.presence.following);
  const people = useIde((state) => state.presence.people);
  const resumeKeys = useShortcut("people.resume");
  return following.map(({ session, paused }) => {
    const name = people.find((person) => person.session === session)?.name ?? "Someone";
    const Sign = paused ? EyeOff : Eye;
    return (
      <button
        key={session}
        type="button"
        className="status-bar__item"
        data-tip={paused ? `Follow ${name} again` : `Stop following ${name}`}
        data-keys={following.length > 1 ? undefined : paused ? resumeKeys : "Esc"}
        onClick={() => (paused ? presence.resumeFollowing(session) : presence.unfollow(session))}
      >
        <Sign size={14} strokeWidth={1.75} aria-hidden />
        {paused ? `Paused: ${name}` : `Following ${name}`}
      </button>
    );
  });
}
