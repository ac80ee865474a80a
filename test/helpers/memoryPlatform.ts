import type { Clock } from "#common/lib/clock.ts";
import { RequestError } from "#common/lib/errors.ts";
import { silentLogger, type Logger } from "#common/lib/log.ts";
import { mulberry32, type Random } from "#common/lib/random.ts";
import type { OpenPort, Platform, PortWatcher, Processes } from "#container/platform.ts";
import { FakeClock } from "./fakeClock.ts";
import { MemoryDisk } from "./memoryDisk.ts";
import { memoryFiles } from "./memoryFiles.ts";
import { memoryStorage } from "./memoryStorage.ts";

/** Ports that a test opens and closes by hand. */
export class MemoryPorts implements PortWatcher {
  readonly #ports = new Map<number, OpenPort>();
  readonly #watchers = new Set<readonly [(port: OpenPort) => void, (port: OpenPort) => void]>();

  watch(onOpen: (port: OpenPort) => void, onClose: (port: OpenPort) => void): () => void {
    const watcher = [onOpen, onClose] as const;
    this.#watchers.add(watcher);
    for (const port of this.#ports.values()) onOpen(port);
    return () => this.#watchers.delete(watcher);
  }

  open(port: OpenPort): void {
    this.#ports.set(port.port, port);
    for (const [onOpen] of this.#watchers) onOpen(port);
  }

  close(number: number): void {
    const port = this.#ports.get(number);
    if (port === undefined || !this.#ports.delete(number)) return;
    for (const [, onClose] of this.#watchers) onClose(port);
  }
}

const noProcesses: Processes = {
  shell: ["sh"],
  spawn: ({ command: [program] }) =>
    Promise.reject(
      new RequestError("not-found", `exec: "${program}": executable file not found in $PATH`),
    ),
};

/**
 * A machine in memory. Its disk outlives it: a platform made on the disk of another that has
 * crashed finds what had become durable there, and nothing else.
 */
export function memoryPlatform(
  options: {
    readonly clock?: Clock;
    readonly random?: Random;
    readonly log?: Logger;
    readonly disk?: MemoryDisk;
    readonly processes?: Processes;
  } = {},
): Platform & { readonly disk: MemoryDisk; readonly ports: MemoryPorts } {
  const clock = options.clock ?? new FakeClock();
  const disk = options.disk ?? new MemoryDisk();
  const device = disk.mount(() => clock.now());
  return {
    clock,
    random: options.random ?? mulberry32(1),
    log: options.log ?? silentLogger,
    files: memoryFiles(device),
    processes: options.processes ?? noProcesses,
    storage: memoryStorage(device),
    ports: new MemoryPorts(),
    disk,
  };
}
