import { useIde } from "#store/hooks.tsx";
import { groupOf } from "#store/ui/dock.ts";

/** The group whose pane shows what a followed person sees, and that person's colour. */
export function useFollowedGroup():
  { readonly groupId: string; readonly color: number } | undefined {
  const color = useIde(({ presence }) => {
    const { following, people, colors } = presence;
    if (following === undefined || following.paused) return undefined;
    const person = people.find(({ session }) => session === following.session);
    return person === undefined ? undefined : colors[person.userId];
  });
  const groupId = useIde(({ layout, presence }) => {
    const pane = presence.following?.pane;
    return pane === undefined ? undefined : groupOf(layout.dock, pane)?.id;
  });
  return color === undefined || groupId === undefined ? undefined : { groupId, color };
}
