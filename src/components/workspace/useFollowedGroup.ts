import { useIde } from "#store/hooks.tsx";
import { groupOf } from "#store/ui/dock.ts";
import { activeFile } from "#store/ui/layout.ts";
import { filePane } from "#store/ui/panes.ts";

/** The group that goes where a followed person goes, and that person's colour. */
export function useFollowedGroup():
  { readonly groupId: string; readonly color: number } | undefined {
  const color = useIde(({ presence }) => {
    const { following, people, colors } = presence;
    if (following === undefined || following.paused) return undefined;
    const person = people.find(({ session }) => session === following.session);
    return person === undefined ? undefined : colors[person.userId];
  });
  const groupId = useIde(({ layout }) => {
    const path = activeFile(layout);
    return path === undefined ? undefined : groupOf(layout.dock, filePane(path))?.id;
  });
  return color === undefined || groupId === undefined ? undefined : { groupId, color };
}
