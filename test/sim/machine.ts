import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";
import { createContainer, type Container } from "#container/container.ts";
import type { FileSystem, ReplPath } from "#container/platform.ts";
import { files } from "#container/services/files.ts";
import { fsevents } from "#container/services/fsevents.ts";
import { ot } from "#container/services/ot.ts";
import type { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";

/** A machine that runs the container, until it crashes or is stopped. Its disk outlives it. */
export class Machine {
  readonly container: Container;
  readonly files: FileSystem;
  readonly #disk: MemoryDisk;
  readonly #timers = new Set<Cancel>();

  constructor(init: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly disk: MemoryDisk;
  }) {
    this.#disk = init.disk;
    const platform = memoryPlatform({ ...init, clock: this.#mortal(init.clock) });
    this.files = platform.files;
    this.container = createContainer({
      platform,
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [files, fsevents, ot],
    });
  }

  /** The power is gone: what waits for the disk or for the clock never happens. */
  crash(): void {
    this.#disk.crash();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** A clock whose timers end with the machine. */
  #mortal(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      after: (delayMs, callback) => {
        const cancel = clock.after(delayMs, () => {
          this.#timers.delete(cancel);
          callback();
        });
        this.#timers.add(cancel);
        return () => {
          this.#timers.delete(cancel);
          cancel();
        };
      },
    };
  }
}

/** What a program sees when it reads the file, without waiting for anything. */
export function contentOf(disk: MemoryDisk, path: ReplPath): string | undefined {
  const node = disk.nodes.get(path);
  return node?.kind === "file" ? new TextDecoder().decode(node.content) : undefined;
}
