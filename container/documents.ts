import type { Documents } from "./service.ts";

/** Brings together those who own open texts and those who need them on disk. */
export function createDocuments(): Documents {
  const owners = new Set<() => Promise<void>>();
  return {
    async save() {
      // Failures are the owners' to tell; whoever waits here goes on with what the disk has.
      await Promise.allSettled([...owners].map((save) => save()));
    },
    onSave(save) {
      owners.add(save);
      return () => owners.delete(save);
    },
  };
}
