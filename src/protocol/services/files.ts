import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";
import { File_Type } from "#common/wire/enums.ts";
import type { Channel } from "../channel.ts";
import type { ServiceContext } from "../service.ts";

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
}

export interface FileStat {
  readonly kind: "file" | "directory";
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export type FilesEvent =
  /** The whole content of a directory that is open, at first and after a reconnect. */
  | {
      readonly kind: "listed";
      readonly path: string;
      readonly entries: readonly DirectoryEntry[];
    }
  | { readonly kind: "created"; readonly path: string; readonly entry: "file" | "directory" }
  | { readonly kind: "modified"; readonly path: string }
  | { readonly kind: "removed"; readonly path: string }
  | { readonly kind: "moved"; readonly path: string; readonly to: string };

type Answer<T> = Promise<Result<T, RequestError>>;

/** What the files service needs of its neighbours. */
export interface FilesNeighbours {
  /** Resolves when changes of a directory's entries are being told. */
  watch(path: string): Promise<unknown>;
  unwatch(path: string): void;
}

/** Files of the repl, and the directories that somebody looks at. */
export class FilesService {
  readonly #emit: (event: FilesEvent) => void;
  readonly #neighbours: FilesNeighbours;
  readonly #channel: Channel<"files">;
  /** Directories that are kept up to date, with what was last told of each. */
  readonly #open = new Map<string, readonly DirectoryEntry[]>();
  #lives = 0;

  constructor({ open, emit }: ServiceContext<FilesEvent>, neighbours: FilesNeighbours) {
    this.#emit = emit;
    this.#neighbours = neighbours;
    this.#channel = open("files", "", {
      attached: () => {
        this.#lives += 1;
        if (this.#lives > 1) this.refresh();
      },
      // Everything else answers requests.
      handle: () => {},
    });
  }

  /**
   * Lists at once, so that nobody waits, and again as soon as changes are being told: what happened
   * in between would otherwise be missed.
   */
  async openDirectory(path: string): Answer<readonly DirectoryEntry[]> {
    const watched = this.#neighbours.watch(path);
    const listed = await this.readdir(path);
    if (!listed.ok) {
      this.#neighbours.unwatch(path);
      return listed;
    }
    this.#tell(path, listed.value);
    // The answer need not wait for the second look.
    void watched.then(() => this.#relist(path));
    return listed;
  }

  async readdir(path: string): Answer<readonly DirectoryEntry[]> {
    const answer = await this.#channel.request(
      { case: "readdir", value: { path } },
      { repeatable: true },
    );
    if (!answer.ok) return answer;
    return ok(
      answer.value.value.files.map((file) => ({
        name: file.path,
        kind: file.type === File_Type.DIRECTORY ? "directory" : "file",
      })),
    );
  }

  async read(path: string): Answer<Uint8Array> {
    const answer = await this.#channel.request(
      { case: "read", value: { path } },
      { repeatable: true },
    );
    return answer.ok ? ok(answer.value.value.content) : answer;
  }

  async stat(path: string): Answer<FileStat | undefined> {
    const answer = await this.#channel.request(
      { case: "stat", value: { path } },
      { repeatable: true },
    );
    if (!answer.ok) return answer;
    const { exists, type, size, modTime } = answer.value.value;
    if (!exists) return ok(undefined);
    return ok({
      kind: type === File_Type.DIRECTORY ? "directory" : "file",
      sizeBytes: Number(size),
      modifiedMs: Number(modTime) * 1000,
    });
  }

  async write(path: string, content: Uint8Array): Answer<void> {
    return done(await this.#channel.request({ case: "write", value: { path, content } }));
  }

  async mkdir(path: string): Answer<void> {
    return done(await this.#channel.request({ case: "mkdir", value: { path } }));
  }

  async remove(path: string): Answer<void> {
    return done(await this.#channel.request({ case: "remove", value: { path } }));
  }

  async move(from: string, to: string): Answer<void> {
    return done(
      await this.#channel.request({ case: "move", value: { oldPath: from, newPath: to } }),
    );
  }

  /** Copies a file, or a directory with all that is in it, with the history of its texts (FI12). */
  async copy(from: string, to: string): Answer<void> {
    const value = JSON.stringify({ copy: { from, to } });
    return done(await this.#channel.request({ case: "input", value }, { timeoutMs: "none" }));
  }

  /** Something changed on disk; directories that are open follow it. */
  handleChange(change: FilesEvent): void {
    if (change.kind === "removed") this.#close(change.path);
    this.#emit(change);
    if (change.kind === "moved") this.#follow(change.path, change.to);
  }

  /** Looks at every open directory again: changes may have been missed. */
  refresh(): void {
    for (const path of this.#open.keys()) void this.#relist(path);
  }

  async #relist(path: string): Promise<void> {
    const listed = await this.readdir(path);
    const known = this.#open.get(path);
    if (known === undefined) return;
    if (listed.ok) {
      this.#tell(path, listed.value);
    } else if (listed.error.code === "not-found" || listed.error.code === "not-a-directory") {
      this.#close(path);
      this.#emit({ kind: "removed", path });
    }
  }

  #tell(path: string, entries: readonly DirectoryEntry[]): void {
    this.#open.set(path, entries);
    this.#emit({ kind: "listed", path, entries });
  }

  /** Forgets a directory that is gone, and those below it. */
  #close(path: string): void {
    for (const open of [...this.#open.keys()]) {
      if (!isWithin(open, path)) continue;
      this.#open.delete(open);
      this.#neighbours.unwatch(open);
    }
  }

  /** Open directories that were moved go on under their new paths. */
  #follow(from: string, to: string): void {
    const moved = [...this.#open.keys()].filter((path) => isWithin(path, from));
    this.#close(from);
    for (const path of moved) void this.openDirectory(to + path.slice(from.length));
  }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function done(answer: Result<unknown, RequestError>): Result<void, RequestError> {
  return answer.ok ? ok(undefined) : answer;
}
