import { ArrowDown, ArrowUp, Check, RotateCcw, X } from "lucide-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { createPortal } from "react-dom";
import { canEdit } from "#store/control.ts";
import { useActions, useIde, useShortcut } from "#store/hooks.tsx";
import type { Thread } from "#store/metadata/threads.ts";
import { IconButton } from "../../ui/IconButton.tsx";
import { CommentField } from "./CommentField.tsx";
import type { CommentSpot } from "./threadsBinding.ts";
import { CommentView } from "./CommentView.tsx";

/** What stands below a commented text: its thread, or a new comment. */
export function CommentCard({ spot }: { readonly spot: CommentSpot }) {
  const actions = useActions();
  const thread = useIde((state) => state.metadata.threads.find(({ id }) => id === spot.thread));
  const card = useRef<HTMLDivElement>(null);
  const isDraft = spot.thread === undefined;
  const pane = useIde((state) => state.comments.draftPane ?? "");

  // Who opens a thread, by mouse or by keys, is at it; a draft's field takes the keyboard itself.
  useEffect(() => {
    if (!isDraft) card.current?.focus({ preventScroll: true });
  }, [isDraft, spot.thread]);

  const handleKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    actions.comments.close();
  };
  const label = thread === undefined ? "New comment" : `Comments on ${thread.anchor.quote}`;
  return createPortal(
    <div className="comment-card-room">
      <div
        ref={card}
        className="comment-card"
        role="group"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={handleKey}
      >
        {thread === undefined ? (
          isDraft && (
            <CommentField
              label="Comment"
              send="Comment"
              place={pane}
              isFocused
              onSend={spot.submit}
              onCancel={() => actions.comments.close()}
            />
          )
        ) : (
          <ThreadView thread={thread} isRemoved={spot.isRemoved} />
        )}
      </div>
    </div>,
    spot.element,
  );
}

function ThreadView({
  thread,
  isRemoved,
}: {
  readonly thread: Thread;
  readonly isRemoved: boolean;
}) {
  const actions = useActions();
  const mayEdit = useIde((state) => canEdit(state.control));
  const nextKeys = useShortcut("comments.next");
  const previousKeys = useShortcut("comments.previous");
  const { id, isResolved, comments } = thread;
  // Settled by somebody else while I was answering.
  const hasWords = useIde((state) => state.comments.unsent[id] !== undefined);
  const settle = async () => {
    const failure = await actions.metadata.setResolved(id, !isResolved);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
    else if (!isResolved) actions.comments.close();
  };
  return (
    <>
      <div className="comment-card__head">
        {isRemoved && (
          <span className="comment-card__gone">
            Text removed: <q>{thread.anchor.quote}</q>
          </span>
        )}
        {isResolved && <span className="comment-card__state">Resolved</span>}
        <span className="comment-card__space" />
        <IconButton
          icon={ArrowUp}
          label="Previous comment"
          shortcut={previousKeys}
          onClick={() => actions.stepThread(-1)}
        />
        <IconButton
          icon={ArrowDown}
          label="Next comment"
          shortcut={nextKeys}
          onClick={() => actions.stepThread(1)}
        />
        {mayEdit && (
          <IconButton
            icon={isResolved ? RotateCcw : Check}
            label={isResolved ? "Reopen" : "Resolve"}
            onClick={() => void settle()}
          />
        )}
        <IconButton
          icon={X}
          label="Close the comment"
          shortcut="Escape"
          onClick={() => actions.comments.close()}
        />
      </div>
      {comments.map((comment) => (
        <CommentView key={comment.id} thread={id} comment={comment} />
      ))}
      {mayEdit && (!isResolved || hasWords) && (
        <CommentField
          label="Reply"
          send="Reply"
          place={id}
          onSend={(text) => actions.metadata.reply(id, text)}
        />
      )}
    </>
  );
}
