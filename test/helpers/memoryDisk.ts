import { RequestError } from "#common/lib/errors.ts";

export type DiskNode =
  | { readonly kind: "directory"; readonly changedMs: number }
  | {
      readonly kind: "file";
      readonly content: Uint8Array;
      readonly modifiedMs: number;
      readonly changedMs: number;
    };

/** All that a disk holds, as it was at one time. */
export interface DiskSnapshot {
  readonly nodes: ReadonlyMap<string, DiskNode>;
  readonly records: ReadonlyMap<string, Uint8Array>;
  readonly logs: ReadonlyMap<string, readonly Uint8Array[]>;
}

/** Files and stored data lie side by side: neither waits for the other. */
type Part = "files" | "storage";

/** What a machine has of its disk: operations on each part queue up, and happen in order. */
export class MountedDisk {
  readonly disk: MemoryDisk;
  readonly now: () => number;

  constructor(disk: MemoryDisk, now: () => number) {
    this.disk = disk;
    this.now = now;
  }

  /** Queues an operation. It never settles when the machine crashes before its turn. */
  run<T>(part: Part, operation: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.disk.schedule(() => {
        if (this.disk.mounted !== this) return;
        try {
          resolve(operation());
        } catch (error) {
          reject(error as Error);
        }
      }, part);
    });
  }
}

/**
 * A disk that survives the machines it is mounted by. What has been done on it survives their
 * crashes; a loss of power takes from the logs what was not synced.
 */
export class MemoryDisk {
  /** Files and directories by path. */
  readonly nodes = new Map<string, DiskNode>([[".", { kind: "directory", changedMs: 0 }]]);
  readonly records = new Map<string, Uint8Array>();
  readonly logs = new Map<string, Uint8Array[]>();
  /** How many records of each log a loss of power leaves. */
  readonly synced = new Map<string, number>();
  /** Whether everything that needs room fails. */
  isFull = false;
  mounted: MountedDisk | undefined;
  readonly schedule: (operation: () => void, part: Part) => void;

  /** `schedule` decides when each operation happens, and must keep the order within each part. */
  constructor(schedule: (operation: () => void, part: Part) => void = queueMicrotask) {
    this.schedule = schedule;
  }

  /** Mounts it on a new machine; the one before loses it, as by a crash. */
  mount(now: () => number): MountedDisk {
    this.mounted = new MountedDisk(this, now);
    return this.mounted;
  }

  /** Everything that waits for its turn is lost. */
  crash(): void {
    this.mounted = undefined;
  }

  losePower(): void {
    this.crash();
    for (const [name, records] of this.logs) {
      this.logs.set(name, records.slice(0, this.synced.get(name) ?? 0));
    }
  }

  /** A backup. */
  snapshot(): DiskSnapshot {
    const logs = [...this.logs].map(([name, records]) => [name, [...records]] as const);
    return { nodes: new Map(this.nodes), records: new Map(this.records), logs: new Map(logs) };
  }

  /** Puts a backup in the place of everything. */
  restore({ nodes, records, logs }: DiskSnapshot): void {
    this.crash();
    refill(this.nodes, nodes);
    refill(this.records, records);
    this.logs.clear();
    this.synced.clear();
    for (const [name, log] of logs) {
      this.logs.set(name, [...log]);
      this.synced.set(name, log.length);
    }
  }

  /** Throws when there is no room. */
  takeRoom(what: string): void {
    if (this.isFull) throw new RequestError("no-space", `${what}: no space left on device`);
  }
}

function refill<T>(map: Map<string, T>, entries: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
