import { useIde } from "#store/hooks.tsx";
import { colorOf } from "#store/presence.ts";
import { groupOf } from "#store/ui/dock.ts";

/** The groups whose panes show what followed people see, each with the colour of its person. */
export function useFollowedGroups(): ReadonlyMap<string, number> {
  const presence = useIde((state) => state.presence);
  const dock = useIde((state) => state.layout.dock);
  const colors = new Map<string, number>();
  for (const { session, pane, paused } of presence.following) {
    const person = presence.people.find((each) => each.session === session);
    const groupId = paused || pane === undefined ? undefined : groupOf(dock, pane)?.id;
    if (person !== undefined && groupId !== undefined) {
      colors.set(groupId, colorOf(presence, person.userId));
    }
  }
  return colors;
}
