import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import { File_Type, FileEvent_Op } from "#common/wire/enums.ts";
import type { BodyFor } from "#common/wire/body.ts";
import type { Channel, OpenChannel } from "../channel.ts";

/** Something changed on the container's disk. `entry` is missing where the container does not know. */
export type FileChange =
  | { readonly kind: "created"; readonly path: string; readonly entry: "file" | "directory" }
  | { readonly kind: "modified"; readonly path: string }
  | { readonly kind: "removed"; readonly path: string }
  | { readonly kind: "moved"; readonly path: string; readonly to: string };

export interface FsEventsInit {
  readonly open: OpenChannel;
  readonly onChange: (change: FileChange) => void;
  /** Changes are told again after a gap; what happened in between is not. */
  readonly onResumed: () => void;
}

/** Hears of changes of files, and of the direct entries of directories. */
export class FsEventsService {
  readonly #init: FsEventsInit;
  readonly #channel: Channel<"fsevents">;
  readonly #watched = new Set<string>();
  #lives = 0;

  constructor(init: FsEventsInit) {
    this.#init = init;
    this.#channel = init.open("fsevents", "", {
      attached: () => void this.#attached(),
      handle: (body) => this.#handle(body),
    });
  }

  /** Resolves when changes of `path` are told, on this connection and the later ones. */
  watch(path: string): Promise<Result<unknown, RequestError>> {
    this.#watched.add(path);
    return this.#subscribe([path]);
  }

  /** The wire has no way to take a subscription back; this one is only not renewed. */
  unwatch(path: string): void {
    this.#watched.delete(path);
  }

  async #attached(): Promise<void> {
    this.#lives += 1;
    if (this.#lives === 1) return;
    // One by one, since a container may refuse all for one that is gone.
    await Promise.all([...this.#watched].map((path) => this.#subscribe([path])));
    this.#init.onResumed();
  }

  #subscribe(paths: readonly string[]): Promise<Result<unknown, RequestError>> {
    const files = paths.map((path) => ({ path }));
    return this.#channel.request({ case: "subscribeFile", value: { files } }, { repeatable: true });
  }

  #handle(body: BodyFor<"fsevents">): void {
    if (body.case !== "fileEvent") return;
    const { file, dest, op } = body.value;
    if (file === undefined) return;
    const { path } = file;
    switch (op) {
      case FileEvent_Op.Create: {
        const entry = file.type === File_Type.DIRECTORY ? "directory" : "file";
        this.#init.onChange({ kind: "created", path, entry });
        break;
      }
      case FileEvent_Op.Move:
        if (dest !== undefined) this.#init.onChange({ kind: "moved", path, to: dest.path });
        break;
      case FileEvent_Op.Remove:
        this.#init.onChange({ kind: "removed", path });
        break;
      case FileEvent_Op.Modify:
        this.#init.onChange({ kind: "modified", path });
        break;
      default:
        // An operation of a later schema.
        break;
    }
  }
}
