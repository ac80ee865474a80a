import type { Cancel } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { FileChange, Platform, ReplPath } from "../../platform.ts";

interface Watch {
  users: number;
  readonly started: Promise<Cancel>;
}

/** Watches the files and directories that somebody uses, each once. */
export class Watches {
  readonly #platform: Platform;
  readonly #onChanges: (changes: readonly FileChange[]) => void;
  readonly #watches = new Map<ReplPath, Watch>();

  constructor(platform: Platform, onChanges: (changes: readonly FileChange[]) => void) {
    this.#platform = platform;
    this.#onChanges = onChanges;
  }

  /** Resolves when it is watched: what happens from then on is told. */
  async use(path: ReplPath): Promise<void> {
    let watch = this.#watches.get(path);
    if (watch === undefined) {
      const started = this.#platform.files
        .watch(path, this.#onChanges)
        .catch((error: unknown): Cancel => {
          // Texts are compared with their files before each save too, only later.
          this.#platform.log.warn(`${path} is not watched: ${messageOf(error)}`);
          return () => undefined;
        });
      watch = { users: 0, started };
      this.#watches.set(path, watch);
    }
    watch.users++;
    await watch.started;
  }

  release(path: ReplPath): void {
    const watch = this.#watches.get(path);
    if (watch === undefined || --watch.users > 0) return;
    this.#watches.delete(path);
    void watch.started.then((cancel) => cancel());
  }
}
