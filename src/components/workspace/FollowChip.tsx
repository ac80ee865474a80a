import type { CSSProperties } from "react";
import { useActions, useIde, useShortcut } from "#store/hooks.tsx";
import { colorOf, initials } from "#store/presence.ts";
import type { Rect } from "#store/ui/dock.ts";
import { Avatar } from "../ui/Avatar.tsx";

interface FollowChipProps {
  readonly pane: string;
  /** Where the pane is. */
  readonly rect: Rect;
}

/** Whom a pane goes along with, and how to stop; or how to go on after I went my own way. */
export function FollowChip({ pane, rect }: FollowChipProps) {
  const { presence } = useActions();
  const following = useIde(({ presence: { following: now } }) =>
    now?.pane === pane ? now : undefined,
  );
  const person = useIde((state) =>
    state.presence.people.find(({ session }) => session === following?.session),
  );
  const color = useIde((state) =>
    person === undefined ? 0 : colorOf(state.presence, person.userId),
  );
  const resumeKeys = useShortcut("people.resume");
  if (following === undefined || person === undefined) return null;
  const style = {
    "--person": `var(--person-${color})`,
    "--person-ink": `var(--person-${color}-ink)`,
    left: rect.x + rect.width - 24,
    top: rect.y + 8,
    maxWidth: rect.width - 48,
  } as CSSProperties;
  const { name } = person;
  return (
    <button
      type="button"
      className={following.paused ? "follow-chip follow-chip--paused" : "follow-chip"}
      style={style}
      onClick={() => (following.paused ? presence.resumeFollowing() : presence.unfollow())}
    >
      <Avatar initials={initials(name)} color={color} sizePx={20} />
      {following.paused
        ? `Paused – follow ${name} again${resumeKeys === undefined ? "" : ` · ${resumeKeys}`}`
        : `Following ${name} – Esc to stop`}
    </button>
  );
}
