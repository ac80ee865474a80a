import { useCallback } from "react";
import { useIde } from "#store/hooks.tsx";
import { authorOf, type Author } from "#store/ui/authors.ts";

/** Tells whose a user's edits are; another function when somebody's name or colour has changed. */
export function useAuthors(): (userId: number) => Author {
  const metadata = useIde((state) => state.metadata);
  const presence = useIde((state) => state.presence);
  return useCallback(
    (userId: number) => authorOf({ metadata, presence }, userId),
    [metadata, presence],
  );
}
