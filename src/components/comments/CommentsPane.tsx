import { Check, MessageSquareText } from "lucide-react";
import { useState } from "react";
import { isUnreached } from "#store/control.ts";
import { useActions, useIde, useShortcut } from "#store/hooks.tsx";
import type { Thread } from "#store/metadata/threads.ts";
import { initials } from "#store/presence.ts";
import { authorOf } from "#store/ui/authors.ts";
import { threadsByFile } from "#store/ui/comments.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Empty } from "../ui/Empty.tsx";
import { FileHeading } from "../ui/FileHeading.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import { parseMarkup } from "../ui/markup/markup.ts";
import { useInSight } from "../ui/useInSight.ts";
import "./CommentsPane.css";

/** The threads of all files, by file. */
export function CommentsPane() {
  const actions = useActions();
  const all = useIde((state) => state.metadata.threads);
  const unreached = useIde((state) => isUnreached(state.control));
  const [resolvedToo, setResolvedToo] = useState(false);
  const keys = useShortcut("comments.add");
  const watch = useInSight(actions.comments.setListed);
  const files = [...threadsByFile(all)].flatMap(([path, threads]) => {
    const shown = threads.filter(({ isResolved }) => resolvedToo || !isResolved);
    return shown.length === 0 ? [] : [{ path, shown }];
  });
  const resolved = all.filter(({ isResolved }) => isResolved).length;
  return (
    <div className="comments" ref={watch}>
      <div className="pane-head">
        <h2 className="pane-head__title">Comments</h2>
        {resolved > 0 && (
          <IconButton
            icon={Check}
            label={`Show resolved (${resolved})`}
            aria-pressed={resolvedToo}
            onClick={() => setResolvedToo(!resolvedToo)}
          />
        )}
      </div>
      {unreached ? (
        <NotConnected detail="Comments come with the connection." />
      ) : files.length === 0 ? (
        <Empty
          icon={MessageSquareText}
          title={resolved > 0 ? "Every comment is resolved" : "No comments yet"}
          detail={`Select text in a file and choose Comment from its menu${
            keys === undefined ? "" : `, or press ${keys}`
          }. Comments stay with their text while it moves.`}
        />
      ) : (
        <div className="comments__list">
          {files.map(({ path, shown }) => (
            <section key={path} aria-label={path}>
              <FileHeading
                path={path}
                count={shown.length}
                onOpen={() => actions.layout.openFile(path)}
              />
              {shown.map((thread) => (
                <ThreadRow key={thread.id} thread={thread} />
              ))}
            </section>
          ))}
        </div>
      )}
    </div>
  );
}

/** A comment without its Markdown, for one line of a list. */
function plainText(comment: string): string {
  return parseMarkup(comment)
    .map(({ kind, text }) => (kind === "block" || kind === "image" ? `${text} ` : text))
    .join("");
}

function ThreadRow({ thread }: { readonly thread: Thread }) {
  const actions = useActions();
  const isOpen = useIde((state) => state.comments.thread === thread.id);
  const isFresh = useIde((state) => state.comments.fresh.some((one) => one.thread === thread.id));
  const [first] = thread.comments;
  const color = useIde((state) => authorOf(state, first?.userId ?? 0).color);
  if (first === undefined) return null;
  const replies = thread.comments.length - 1;
  return (
    <button
      type="button"
      className="comments__thread"
      aria-current={isOpen}
      onClick={() => actions.showThread(thread.id)}
    >
      <Avatar initials={initials(first.name)} color={color ?? 0} sizePx={20} />
      <span className="comments__words">
        <span className="comments__text">{plainText(first.text)}</span>
        <span className="comments__more">
          {isFresh && <span className="comments__new">New · </span>}
          {first.name}
          {replies > 0 && ` · ${replies} ${replies === 1 ? "reply" : "replies"}`}
          {thread.isResolved && " · resolved"}
          {thread.anchor.quote.trim() !== "" && (
            <>
              {" · "}
              <code>{thread.anchor.quote.trim().split("\n")[0]}</code>
            </>
          )}
        </span>
      </span>
    </button>
  );
}
