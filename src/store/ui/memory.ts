/** What a device remembers between visits. Forgetting is normal, failing is not. */
export interface Memory {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
}

/** Kept by the browser, or only for this visit where it refuses (private or sandboxed pages). */
export function createMemory(openStorage: () => Storage): Memory {
  const kept = new Map<string, unknown>();
  let storage: Storage | undefined;
  try {
    storage = openStorage();
  } catch {
    // A page of an opaque origin may not even look at the property.
  }
  return {
    read(key) {
      if (kept.has(key)) return kept.get(key);
      const text = storage?.getItem(key);
      if (text === null || text === undefined) return undefined;
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return undefined;
      }
    },
    write(key, value) {
      kept.set(key, value);
      try {
        storage?.setItem(key, JSON.stringify(value));
      } catch {
        // Full or refused: this visit still remembers.
      }
    },
  };
}
