import { InvariantError, RequestError } from "#common/lib/errors.ts";
import type { AppendLog, Storage } from "#container/platform.ts";
import type { MountedDisk } from "./memoryDisk.ts";

/** Durable records and logs on a disk in memory. */
export function memoryStorage(device: MountedDisk): Storage {
  const { disk } = device;
  const open = new Set<string>();

  function openLog(name: string): AppendLog {
    if (open.has(name)) throw new InvariantError(`log ${name} is open already`);
    open.add(name);
    let closed = false;
    const sync = (): void => {
      disk.synced.set(name, disk.logs.get(name)?.length ?? 0);
    };
    return {
      readAll: () => device.run("storage", () => [...(disk.logs.get(name) ?? [])]),
      append: (record) =>
        device.run("storage", () => {
          if (closed) throw new RequestError("closed", `log ${name} is closed`);
          disk.takeRoom(name);
          disk.logs.set(name, [...(disk.logs.get(name) ?? []), record.slice()]);
        }),
      sync: () => device.run("storage", sync),
      close: () =>
        device.run("storage", () => {
          sync();
          closed = true;
          open.delete(name);
        }),
    };
  }

  return {
    openLog: (name) => device.run("storage", () => openLog(name)),
    copyLog: (from, to) =>
      device.run("storage", () => {
        disk.takeRoom(to);
        const records = disk.logs.get(from) ?? [];
        disk.logs.set(to, [...records]);
        disk.synced.set(to, records.length);
      }),
    readRecord: (name) => device.run("storage", () => disk.records.get(name)?.slice()),
    writeRecord: (name, value) =>
      device.run("storage", () => {
        disk.takeRoom(name);
        disk.records.set(name, value.slice());
      }),
    removeRecord: (name) =>
      device.run("storage", () => {
        disk.records.delete(name);
      }),
  };
}
