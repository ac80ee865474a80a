import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { Thread } from "../metadata/threads.ts";

export interface CommentsState {
  /** The thread that is open in its text. */
  readonly thread: string | undefined;
  /** The pane of the editor in which a new one is being written. */
  readonly draftPane: string | undefined;
}

export const initialComments: CommentsState = { thread: undefined, draftPane: undefined };

export interface CommentsActions {
  /** Opens a thread wherever its text is shown. */
  show(thread: string): void;
  /** Begins a comment on what is selected in a pane's editor. */
  begin(pane: string): void;
  close(): void;
}

export function createCommentsActions(cell: Cell<CommentsState>): CommentsActions {
  return {
    show: (thread) => cell.update(() => ({ thread, draftPane: undefined })),
    begin: (draftPane) => cell.update(() => ({ thread: undefined, draftPane })),
    close: () => cell.update(() => initialComments),
  };
}

/** Threads by file, in the order of their places as far as that is known. */
export const threadsByFile = memoizeLast(
  (threads: readonly Thread[]): ReadonlyMap<string, readonly Thread[]> => {
    const sorted = threads.toSorted(
      (a, b) => a.path.localeCompare(b.path) || a.anchor.from - b.anchor.from,
    );
    const byFile = new Map<string, readonly Thread[]>();
    for (const thread of sorted) {
      byFile.set(thread.path, [...(byFile.get(thread.path) ?? []), thread]);
    }
    return byFile;
  },
);

/** The open thread before or after one, around the end; the first or last when there is none. */
export function neighbour(
  threads: readonly Thread[],
  from: string | undefined,
  step: 1 | -1,
): Thread | undefined {
  const all = [...threadsByFile(threads).values()].flat();
  const open = all.filter(({ id, isResolved }) => !isResolved || id === from);
  const at = open.findIndex(({ id }) => id === from);
  if (at < 0) return step === 1 ? open[0] : open.at(-1);
  return open[(at + step + open.length) % open.length];
}
