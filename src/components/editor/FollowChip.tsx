import type { CSSProperties } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";

/** Whom this editor follows, and how to stop; or how to go on after I went my own way. */
export function FollowChip() {
  const { presence } = useActions();
  const following = useIde((state) => state.presence.following);
  const person = useIde((state) =>
    state.presence.people.find(({ session }) => session === state.presence.following?.session),
  );
  const color = useIde((state) =>
    person === undefined ? 0 : (state.presence.colors[person.userId] ?? 0),
  );
  if (following === undefined || person === undefined) return null;
  const style = {
    "--person": `var(--person-${color})`,
    "--person-ink": `var(--person-${color}-ink)`,
  } as CSSProperties;
  return (
    <button
      type="button"
      className="follow-chip"
      style={style}
      onClick={() => (following.paused ? presence.resumeFollowing() : presence.unfollow())}
    >
      <Avatar initials={initials(person.name)} color={color} sizePx={20} />
      {following.paused
        ? `Paused · click to follow ${person.name}`
        : `Following ${person.name} · Esc`}
    </button>
  );
}
