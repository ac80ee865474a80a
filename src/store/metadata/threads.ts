import type { Anchor } from "#protocol/document.ts";

/** One remark of a thread. */
export interface Comment {
  readonly id: string;
  readonly userId: number;
  /** Whom the container knew the author as when it was written. */
  readonly name: string;
  readonly atMs: number;
  readonly text: string;
  readonly isEdited: boolean;
}

/** A conversation about a stretch of a file. */
export interface Thread {
  readonly id: string;
  readonly path: string;
  readonly anchor: Anchor;
  readonly isResolved: boolean;
  /** Never empty: with its last comment a thread is gone. */
  readonly comments: readonly Comment[];
}

/** What an entry of the log `threads` says; PROTOCOL.md has the same table. */
export type ThreadEntry =
  | ({ readonly kind: "opened"; readonly id: string; readonly path: string } & Anchor & {
        readonly text: string;
      })
  | {
      readonly kind: "replied";
      readonly thread: string;
      readonly id: string;
      readonly text: string;
    }
  | {
      readonly kind: "edited";
      readonly thread: string;
      readonly comment: string;
      readonly text: string;
    }
  | { readonly kind: "deleted"; readonly thread: string; readonly comment: string }
  | { readonly kind: "resolved" | "reopened"; readonly thread: string }
  | ({ readonly kind: "anchored"; readonly thread: string } & Omit<Anchor, "quote">)
  /** A file or a folder has another path; the container writes it. */
  | { readonly kind: "moved"; readonly from: string; readonly to: string };

/** Who wrote an entry, by the container's word. */
interface Stamp {
  readonly userId: number;
  readonly name: string;
  readonly atMs: number;
}

/** The threads after some more lines of the log. Lines that make no sense change nothing. */
export function applyThreadLines(threads: readonly Thread[], lines: string): readonly Thread[] {
  return lines.split("\n").reduce((before, line) => {
    const { entry, ...stamp } = parseLine(line) ?? {};
    return entry === undefined ? before : applyEntry(before, entry, stamp as Stamp);
  }, threads);
}

function parseLine(line: string): (Stamp & { readonly entry: ThreadEntry }) | undefined {
  if (line === "") return undefined;
  try {
    const { userId, name, atMs, entry } = JSON.parse(line) as Stamp & { readonly entry: unknown };
    return isEntry(entry) ? { userId, name, atMs, entry } : undefined;
  } catch {
    return undefined;
  }
}

/** A comment and the thread that it is in. */
export interface CommentInThread {
  readonly thread: Thread;
  readonly comment: Comment;
}

/** What others have written that was not there before. */
export function newComments(
  before: readonly Thread[],
  after: readonly Thread[],
  me: number | undefined,
): readonly CommentInThread[] {
  if (before === after) return [];
  const known = new Set(before.flatMap(({ comments }) => comments.map(({ id }) => id)));
  return after.flatMap((thread) =>
    thread.comments
      .filter(({ id, userId }) => userId !== me && !known.has(id))
      .map((comment) => ({ thread, comment })),
  );
}

const texts = ["id", "path", "text", "quote", "thread", "comment", "from", "to"] as const;
type Field = (typeof texts)[number] | "version";

const fields: Readonly<Record<ThreadEntry["kind"], readonly Field[]>> = {
  opened: ["id", "path", "version", "from", "to", "quote", "text"],
  replied: ["thread", "id", "text"],
  edited: ["thread", "comment", "text"],
  deleted: ["thread", "comment"],
  resolved: ["thread"],
  reopened: ["thread"],
  anchored: ["thread", "version", "from", "to"],
  moved: ["from", "to"],
};

/** Anybody may write anything into the log: an entry has its fields, or is none. */
function isEntry(value: unknown): value is ThreadEntry {
  const entry = (typeof value === "object" ? value : {}) as Readonly<Record<string, unknown>>;
  const needed = Object.hasOwn(fields, String(entry["kind"]))
    ? fields[entry["kind"] as ThreadEntry["kind"]]
    : undefined;
  const isPlace = needed?.includes("version") === true;
  return (
    needed?.every((field) => {
      const isNumber = field === "version" || (isPlace && (field === "from" || field === "to"));
      const found = entry[field];
      return isNumber
        ? Number.isSafeInteger(found) && Number(found) >= 0
        : typeof found === "string";
    }) ?? false
  );
}

function applyEntry(
  threads: readonly Thread[],
  entry: ThreadEntry,
  stamp: Stamp,
): readonly Thread[] {
  const change = (id: string, to: (thread: Thread) => Thread): readonly Thread[] =>
    threads.map((thread) => (thread.id === id ? to(thread) : thread));
  switch (entry.kind) {
    case "opened": {
      const { id, path, version, from, to, quote, text } = entry;
      if (threads.some((thread) => thread.id === id)) return threads;
      const anchor = { version, from, to: Math.max(from, to), quote };
      const comments = [{ ...stamp, id, text, isEdited: false }];
      return [...threads, { id, path, anchor, isResolved: false, comments }];
    }
    case "replied": {
      const { id, text } = entry;
      return change(entry.thread, (thread) =>
        thread.comments.some((comment) => comment.id === id)
          ? thread
          : { ...thread, comments: [...thread.comments, { ...stamp, id, text, isEdited: false }] },
      );
    }
    case "edited":
    case "deleted": {
      // A comment is its author's alone.
      const isMeant = ({ id, userId }: Comment): boolean =>
        id === entry.comment && userId === stamp.userId;
      const next = change(entry.thread, (thread) => ({
        ...thread,
        comments:
          entry.kind === "deleted"
            ? thread.comments.filter((comment) => !isMeant(comment))
            : thread.comments.map((comment) =>
                isMeant(comment) ? { ...comment, text: entry.text, isEdited: true } : comment,
              ),
      }));
      return next.filter(({ comments }) => comments.length > 0);
    }
    case "resolved":
    case "reopened":
      return change(entry.thread, (thread) => ({
        ...thread,
        isResolved: entry.kind === "resolved",
      }));
    case "anchored": {
      const { version, from, to } = entry;
      return change(entry.thread, (thread) => ({
        ...thread,
        anchor: { ...thread.anchor, version, from, to: Math.max(from, to) },
      }));
    }
    case "moved":
      return threads.map((thread) => {
        const path = movedPath(thread.path, entry.from, entry.to);
        return path === undefined ? thread : { ...thread, path };
      });
    default:
      return entry satisfies never;
  }
}

function movedPath(path: string, from: string, to: string): string | undefined {
  if (path === from) return to;
  return path.startsWith(`${from}/`) ? to + path.slice(from.length) : undefined;
}
