import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { CommentInThread, Thread } from "../metadata/threads.ts";

export interface CommentsState {
  /** The thread that is open in its text. */
  readonly thread: string | undefined;
  /** The pane of the editor in which a new one is being written. */
  readonly draftPane: string | undefined;
  /** What others have written since the list was last left, and nobody has opened here. */
  readonly fresh: readonly FreshComment[];
  /** Whether the list of all is in sight: what it shows is no news any more. */
  readonly isListed: boolean;
  /** Words that were written and not sent, by where they belong: a thread, or a pane. */
  readonly unsent: Readonly<Record<string, string>>;
}

interface FreshComment {
  readonly thread: string;
  readonly comment: string;
}

export const initialComments: CommentsState = {
  thread: undefined,
  draftPane: undefined,
  fresh: [],
  isListed: false,
  unsent: {},
};

/** Takes note of what others have written, but for what is open before one's eyes. */
export function applyNewComments(
  state: CommentsState,
  found: readonly CommentInThread[],
): CommentsState {
  const fresh = found
    .filter(({ thread }) => thread.id !== state.thread)
    .map(({ thread, comment }) => ({ thread: thread.id, comment: comment.id }));
  return fresh.length === 0 ? state : { ...state, fresh: [...state.fresh, ...fresh] };
}

/** How many comments call for a look. What was taken back or settled meanwhile does not. */
export function unreadComments(
  { fresh, isListed }: CommentsState,
  threads: readonly Thread[],
): number {
  if (isListed) return 0;
  return fresh.filter(({ thread: id, comment }) =>
    threads.some(
      (thread) =>
        thread.id === id && !thread.isResolved && thread.comments.some((one) => one.id === comment),
    ),
  ).length;
}

export interface CommentsActions {
  /** Opens a thread wherever its text is shown. */
  show(thread: string): void;
  /** Begins a comment on what is selected in a pane's editor. */
  begin(pane: string): void;
  close(): void;
  /** Keeps words that are being written for as long as the page lives. */
  keep(place: string, words: string): void;
  /** Whether the list of all is in sight. */
  readonly setListed: (isListed: boolean) => void;
}

export function createCommentsActions(cell: Cell<CommentsState>): CommentsActions {
  const set = (change: Partial<CommentsState>): void =>
    cell.update((state) => ({ ...state, ...change }));
  return {
    show: (thread) =>
      set({
        thread,
        draftPane: undefined,
        fresh: cell.get().fresh.filter((one) => one.thread !== thread),
      }),
    begin: (draftPane) => set({ thread: undefined, draftPane }),
    close: () => set({ thread: undefined, draftPane: undefined }),
    keep(place, words) {
      const { [place]: _before, ...others } = cell.get().unsent;
      set({ unsent: words === "" ? others : { ...others, [place]: words } });
    },
    setListed(isListed) {
      const { isListed: wasListed, fresh } = cell.get();
      set({ isListed, fresh: wasListed && !isListed ? [] : fresh });
    },
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
