import type { Cancel } from "#common/lib/clock.ts";
import { RequestError, type ErrorCode } from "#common/lib/errors.ts";
import { parentOf } from "#container/paths.ts";
import type { FileChange, FileSystem, ReplPath } from "#container/platform.ts";
import type { DiskNode, MountedDisk } from "./memoryDisk.ts";

interface Watch {
  readonly path: ReplPath;
  readonly onChange: (changes: readonly FileChange[]) => void;
}

/** The repl's files on a disk in memory, without links and permissions. */
export function memoryFiles(device: MountedDisk): FileSystem {
  const { disk } = device;
  const { nodes } = disk;
  const watches = new Set<Watch>();

  /** Tells those who watch the path itself, or the directory that it is in. */
  function tell(change: FileChange): void {
    const concerns = ({ path }: Watch, changed: ReplPath): boolean =>
      path === changed || path === parentOf(changed);
    // Somebody must see where it goes, or care for that very path.
    const isFollowed =
      change.kind === "moved" &&
      [...watches].some((watch) => watch.path === change.path || concerns(watch, change.to));
    for (const watch of watches) {
      if (change.kind !== "moved") {
        if (concerns(watch, change.path)) watch.onChange([change]);
      } else if (concerns(watch, change.path)) {
        watch.onChange([isFollowed ? change : removed(change.path)]);
      } else if (concerns(watch, change.to)) {
        watch.onChange([{ kind: "created", path: change.to, entry: change.entry }]);
      }
    }
  }

  function find(path: ReplPath): DiskNode {
    const node = nodes.get(path);
    if (node === undefined) throw fail("not-found", path, "no such file or directory");
    return node;
  }

  function put(path: ReplPath, node: DiskNode): void {
    makeDirectory(parentOf(path));
    const before = nodes.get(path);
    nodes.set(path, node);
    if (before === undefined) tell({ kind: "created", path, entry: node.kind });
    else tell({ kind: "modified", path });
  }

  function holds(path: ReplPath, expected: Uint8Array | "nothing"): boolean {
    const node = nodes.get(path);
    if (expected === "nothing") return node === undefined;
    return node?.kind === "file" && Buffer.from(node.content).equals(expected);
  }

  function makeDirectory(path: ReplPath): void {
    const node = nodes.get(path);
    if (node?.kind === "file") throw fail("not-a-directory", path, "not a directory");
    if (node === undefined) put(path, { kind: "directory", changedMs: device.now() });
  }

  /** Everything at and below a path, parents before what is in them. */
  function tree(path: ReplPath): readonly (readonly [string, DiskNode])[] {
    return [...nodes].filter(([at]) => at === path || at.startsWith(`${path}/`));
  }

  return {
    read: (path) =>
      device.run("files", () => {
        const node = find(path);
        if (node.kind === "directory") throw fail("is-a-directory", path, "is a directory");
        return node.content.slice();
      }),
    write: (path, content, expected) =>
      device.run("files", () => {
        disk.takeRoom(path);
        if (expected !== undefined && !holds(path, expected)) {
          throw fail("conflict", path, "file has changed");
        }
        if (nodes.get(path)?.kind === "directory") throw fail("exists", path, "file exists");
        const atMs = device.now();
        put(path, {
          kind: "file",
          content: content.slice(),
          modifiedMs: atMs,
          changedMs: atMs,
        });
      }),
    mkdir: (path) =>
      device.run("files", () => {
        disk.takeRoom(path);
        makeDirectory(path);
      }),
    remove: (path) =>
      device.run("files", () => {
        find(path);
        for (const [at] of tree(path)) nodes.delete(at);
        tell(removed(path));
      }),
    move: (from, to) =>
      device.run("files", () => {
        const node = find(from);
        if (nodes.has(to)) throw fail("exists", to, "file exists");
        makeDirectory(parentOf(to));
        for (const [at, moved] of tree(from)) {
          nodes.delete(at);
          nodes.set(to + at.slice(from.length), moved);
        }
        tell({ kind: "moved", path: from, to, entry: node.kind });
      }),
    copy: (from, to) =>
      device.run("files", () => {
        const node = find(from);
        disk.takeRoom(to);
        if (nodes.has(to)) throw fail("exists", to, "file exists");
        makeDirectory(parentOf(to));
        for (const [at, copied] of tree(from)) nodes.set(to + at.slice(from.length), copied);
        tell({ kind: "created", path: to, entry: node.kind });
      }),
    readdir: (path) =>
      device.run("files", () => {
        if (find(path).kind === "file") throw fail("not-a-directory", path, "not a directory");
        return [...nodes]
          .filter(([at]) => at !== "." && parentOf(at as ReplPath) === path)
          .map(([at, { kind }]) => ({ name: at.slice(at.lastIndexOf("/") + 1), kind }));
      }),
    stat: (path) =>
      device.run("files", () => {
        const node = nodes.get(path);
        if (node === undefined) return undefined;
        const { kind, changedMs } = node;
        return node.kind === "file"
          ? {
              kind,
              sizeBytes: node.content.byteLength,
              mode: "-rw-r--r--",
              modifiedMs: node.modifiedMs,
              changedMs,
            }
          : { kind, sizeBytes: 0, mode: "drwxr-xr-x", modifiedMs: changedMs, changedMs };
      }),
    watch: (path, onChange) =>
      device.run("files", (): Cancel => {
        find(path);
        const watch = { path, onChange };
        watches.add(watch);
        return () => watches.delete(watch);
      }),
    caughtUp: () => Promise.resolve(),
  };
}

function removed(path: ReplPath): FileChange {
  return { kind: "removed", path };
}

function fail(code: ErrorCode, path: string, why: string): RequestError {
  return new RequestError(code, `${path}: ${why}`);
}
