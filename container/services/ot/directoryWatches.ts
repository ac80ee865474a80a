import type { Cancel } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { FileChange, Platform, ReplPath } from "../../platform.ts";

interface Watch {
  users: number;
  readonly started: Promise<Cancel>;
}

/** Watches the directories that somebody uses, each once. */
export class DirectoryWatches {
  readonly #platform: Platform;
  readonly #onChanges: (changes: readonly FileChange[]) => void;
  readonly #watches = new Map<ReplPath, Watch>();

  constructor(platform: Platform, onChanges: (changes: readonly FileChange[]) => void) {
    this.#platform = platform;
    this.#onChanges = onChanges;
  }

  /** Resolves when it is watched: what happens from then on is told. */
  async use(directory: ReplPath): Promise<void> {
    let watch = this.#watches.get(directory);
    if (watch === undefined) {
      const started = this.#platform.files
        .watch(directory, this.#onChanges)
        .catch((error: unknown): Cancel => {
          // Texts are compared with their files before each save too, only later.
          this.#platform.log.warn(`${directory} is not watched: ${messageOf(error)}`);
          return () => undefined;
        });
      watch = { users: 0, started };
      this.#watches.set(directory, watch);
    }
    watch.users++;
    await watch.started;
  }

  release(directory: ReplPath): void {
    const watch = this.#watches.get(directory);
    if (watch === undefined || --watch.users > 0) return;
    this.#watches.delete(directory);
    void watch.started.then((cancel) => cancel());
  }
}
