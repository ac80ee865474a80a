import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import type { Comment } from "#store/metadata/threads.ts";
import { initials } from "#store/presence.ts";
import { authorOf } from "#store/ui/authors.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { MessageText } from "../../ui/markup/MessageText.tsx";
import { momentOf } from "../history/times.ts";
import { CommentField } from "./CommentField.tsx";

interface CommentViewProps {
  readonly thread: string;
  readonly comment: Comment;
}

/** One comment with its author; its own author can change it and take it away. */
export function CommentView({ thread, comment }: CommentViewProps) {
  const actions = useActions();
  const nowMs = useNow(60_000);
  const isMine = useIde((state) => state.control.self?.userId === comment.userId);
  const [editing, setEditing] = useState(false);
  const color = useIde((state) => authorOf(state, comment.userId).color);
  const remove = async () => {
    const failure = await actions.metadata.deleteComment(thread, comment.id);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
  };
  return (
    <article className="comment">
      <Avatar initials={initials(comment.name)} color={color ?? 0} sizePx={24} />
      <div className="comment__body">
        <div className="comment__head">
          <span className="comment__author">{comment.name}</span>
          <time className="comment__time" dateTime={new Date(comment.atMs).toISOString()}>
            {momentOf(comment.atMs, nowMs)}
            {comment.isEdited && " · edited"}
          </time>
          {isMine && !editing && (
            <span className="comment__actions">
              <IconButton icon={Pencil} size={14} label="Edit" onClick={() => setEditing(true)} />
              <IconButton icon={Trash2} size={14} label="Delete" onClick={() => void remove()} />
            </span>
          )}
        </div>
        {editing ? (
          <CommentField
            label="Edit the comment"
            send="Save"
            initial={comment.text}
            isFocused
            onSend={async (text) => {
              const failure = await actions.metadata.editComment(thread, comment.id, text);
              if (failure === undefined) setEditing(false);
              return failure;
            }}
            onCancel={() => setEditing(false)}
          />
        ) : (
          <div className="comment__text">
            <MessageText text={comment.text} />
          </div>
        )}
      </div>
    </article>
  );
}
