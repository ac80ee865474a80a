import { Eye, EyeOff } from "lucide-react";
import { useActions, useIde, useShortcut } from "#store/hooks.tsx";

/** Whom I follow, also when what they see is out of my sight. */
export function FollowStatus() {
  const { presence } = useActions();
  const following = useIde((state) => state.presence.following);
  const name = useIde(
    ({ presence: { people } }) =>
      people.find(({ session }) => session === following?.session)?.name,
  );
  const resumeKeys = useShortcut("people.resume");
  if (following === undefined || name === undefined) return null;
  const Sign = following.paused ? EyeOff : Eye;
  return (
    <button
      type="button"
      className="status-bar__item"
      data-tip={following.paused ? `Follow ${name} again` : `Stop following ${name}`}
      data-keys={following.paused ? resumeKeys : "Esc"}
      onClick={() => (following.paused ? presence.resumeFollowing() : presence.unfollow())}
    >
      <Sign size={14} strokeWidth={1.75} aria-hidden />
      {following.paused ? `Paused: ${name}` : `Following ${name}`}
    </button>
  );
}
