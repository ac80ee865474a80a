import type { Client } from "#protocol/client.ts";
import { freeName, join, nameOf, parentOf } from "./paths.ts";

/** A file or an empty directory that a person dropped. */
export interface UploadItem {
  /** Relative to where it was dropped: `photos/cat.jpg`. */
  readonly path: string;
  /** Reads the content when its turn comes; undefined for a directory. */
  readonly read: (() => Promise<Uint8Array>) | undefined;
}

/** One drop, as its progress is shown. */
export interface Upload {
  readonly id: number;
  readonly directory: string;
  readonly done: number;
  readonly total: number;
  readonly current: string;
}

/** A drop that meets names already there. */
export interface Conflict {
  readonly directory: string;
  readonly names: readonly string[];
}

type Answer = "replace" | "keep-both" | "skip";

interface UploadsView {
  readonly uploads: readonly Upload[];
  readonly conflict: Conflict | undefined;
}

interface Uploads {
  start(directory: string, items: readonly UploadItem[]): Promise<{ readonly failure?: string }>;
  answer(answer: Answer): void;
  cancel(id: number): void;
}

/** Brings dropped files into the repl one after the other, asking once when names are taken. */
export function createUploads(
  files: Client["files"],
  store: {
    exists(path: string): boolean;
    change(change: (view: UploadsView) => Partial<UploadsView>): void;
  },
): Uploads {
  const cancelled = new Set<number>();
  let nextId = 1;
  let waiting: ((answer: Answer) => void) | undefined;

  /** The names directly below `directory` that the drop would write over. */
  function taken(directory: string, items: readonly UploadItem[]): readonly string[] {
    const names = new Set(items.map(({ path }) => path.split("/")[0] ?? path));
    return [...names].filter((name) => store.exists(join(directory, name)));
  }

  async function ask(directory: string, names: readonly string[]): Promise<Answer> {
    waiting?.("skip");
    store.change(() => ({ conflict: { directory, names } }));
    return new Promise((resolve) => (waiting = resolve));
  }

  function renamed(directory: string, items: readonly UploadItem[], names: readonly string[]) {
    const free = new Map(
      names.map((name) => [name, freeName(name, (other) => store.exists(join(directory, other)))]),
    );
    return items.map((item) => {
      const [first = "", ...rest] = item.path.split("/");
      return { ...item, path: [free.get(first) ?? first, ...rest].join("/") };
    });
  }

  return {
    async start(directory, items) {
      let accepted = items;
      const names = taken(directory, items);
      if (names.length > 0) {
        const answer = await ask(directory, names);
        if (answer === "keep-both") accepted = renamed(directory, items, names);
        if (answer === "skip") {
          accepted = items.filter(({ path }) => !names.includes(path.split("/")[0] ?? path));
        }
      }
      if (accepted.length === 0) return {};

      const id = nextId++;
      const progress = (done: number, current: string) =>
        store.change(({ uploads }) => ({
          uploads: [
            ...uploads.filter((upload) => upload.id !== id),
            { id, directory, done, total: accepted.length, current },
          ],
        }));
      try {
        for (const [index, { path, read }] of accepted.entries()) {
          if (cancelled.delete(id)) return { failure: `Upload stopped after ${index} files.` };
          progress(index, nameOf(path));
          const target = join(directory, path);
          const result =
            read === undefined
              ? await files.mkdir(target)
              : await files.write(target, await read());
          // A directory that is already there is where its files go.
          if (!result.ok && !(read === undefined && result.error.code === "exists")) {
            return { failure: `${nameOf(path)} could not be stored: ${result.error.message}` };
          }
        }
        return {};
      } catch {
        return { failure: `${parentOf(directory)}: a dropped file could not be read.` };
      } finally {
        store.change(({ uploads }) => ({ uploads: uploads.filter((other) => other.id !== id) }));
      }
    },
    answer(answer) {
      store.change(() => ({ conflict: undefined }));
      waiting?.(answer);
      waiting = undefined;
    },
    cancel: (id) => void cancelled.add(id),
  };
}
