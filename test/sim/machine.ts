import type { Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";
import { createContainer, type Container } from "#container/container.ts";
import type { FileSystem, ReplPath } from "#container/platform.ts";
import { files } from "#container/services/files.ts";
import { fsevents } from "#container/services/fsevents.ts";
import { ot } from "#container/services/ot.ts";
import type { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { MortalClock } from "./mortalClock.ts";

/** A machine that runs the container, until it crashes or is stopped. Its disk outlives it. */
export class Machine {
  readonly container: Container;
  readonly files: FileSystem;
  readonly #disk: MemoryDisk;
  readonly #clock: MortalClock;

  constructor(init: {
    readonly clock: Clock;
    readonly random: Random;
    readonly log: Logger;
    readonly disk: MemoryDisk;
  }) {
    this.#disk = init.disk;
    this.#clock = new MortalClock(init.clock);
    const platform = memoryPlatform({ ...init, clock: this.#clock });
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
    this.#clock.stop();
  }
}

/** What a program sees when it reads the file, without waiting for anything. */
export function contentOf(disk: MemoryDisk, path: ReplPath): string | undefined {
  const node = disk.nodes.get(path);
  return node?.kind === "file" ? new TextDecoder().decode(node.content) : undefined;
}
