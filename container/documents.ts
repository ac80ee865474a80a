import type { Documents, DocumentsOwner } from "./service.ts";

/** Brings together those who own texts and those who need them on disk. */
export function createDocuments(): Documents {
  const owners = new Set<DocumentsOwner>();
  async function save(): Promise<void> {
    // Failures are the owners' to tell; whoever waits here goes on with what the disk has.
    await Promise.allSettled([...owners].map((owner) => owner.save()));
  }
  return {
    save,
    async copy(copied, copyFiles) {
      await save();
      let copy = copyFiles;
      for (const owner of owners) copy = owner.copy.bind(owner, copied, copy);
      await copy();
    },
    own(owner) {
      owners.add(owner);
      return () => owners.delete(owner);
    },
  };
}
