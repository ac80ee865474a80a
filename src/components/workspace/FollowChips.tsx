import { Eye, EyeOff } from "lucide-react";
import type { CSSProperties } from "react";
import { useActions, useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { colorOf, type Following } from "#store/presence.ts";
import type { Rect } from "#store/ui/dock.ts";
import { followedHere } from "#store/ui/follow.ts";

interface FollowChipsProps {
  readonly pane: string;
  /** Where the pane is. */
  readonly rect: Rect;
}

/** Whom a pane goes along with, and how to stop; or how to go on after I went my own way. */
export function FollowChips({ pane, rect }: FollowChipsProps) {
  const all = useIde((state) => state.presence.following);
  const here = all.filter((following) => following.pane === pane);
  if (here.length === 0) return null;
  const style = {
    left: rect.x + rect.width - 24,
    top: rect.y + 8,
    maxWidth: rect.width - 48,
  };
  return (
    <div className="follow-chips" style={style}>
      {here.map((following) => (
        <FollowChip key={following.session} following={following} />
      ))}
    </div>
  );
}

function FollowChip({ following }: { readonly following: Following }) {
  const { presence } = useActions();
  const { session, paused } = following;
  const person = useIde((state) => state.presence.people.find((each) => each.session === session));
  const color = useIde((state) =>
    person === undefined ? 0 : colorOf(state.presence, person.userId),
  );
  // Of several, keys mean one.
  const hasKeys = useIde(({ layout, presence: { following: all } }) => {
    const alike = all.filter((each) => each.paused === paused || !paused);
    return followedHere(layout, alike)?.session === session;
  });
  const resumeKeys = useShortcut("people.resume");
  const { hasKeyboard } = useIdeContext();
  if (person === undefined) return null;
  const style = {
    "--person": `var(--person-${color})`,
    "--person-ink": `var(--person-${color}-ink)`,
  } as CSSProperties;
  const { name } = person;
  const Sign = paused ? EyeOff : Eye;
  const press = hasKeyboard ? "click" : "tap";
  const keys = hasKeys && resumeKeys !== undefined ? ` · ${resumeKeys}` : "";
  return (
    <button
      type="button"
      className={paused ? "follow-chip follow-chip--paused" : "follow-chip"}
      style={style}
      onClick={() => (paused ? presence.resumeFollowing(session) : presence.unfollow(session))}
    >
      <Sign size={14} strokeWidth={2} aria-hidden />
      {paused
        ? `Paused – follow ${name} again${keys}`
        : `Following ${name} – ${hasKeys && hasKeyboard ? "Esc" : press} to stop`}
    </button>
  );
}
