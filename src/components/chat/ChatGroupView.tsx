import { Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { activityLines } from "#store/chat/activity.ts";
import { isMentioned } from "#store/chat/mentions.ts";
import type { ChatGroup } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials } from "#store/presence.ts";
import { authorOf } from "#store/ui/authors.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { MessageText } from "../ui/markup/MessageText.tsx";
import { timeOf } from "./times.ts";

type Group<K extends ChatGroup["kind"]> = Extract<ChatGroup, { readonly kind: K }>;

/** What one person said in a few minutes, or what happened meanwhile. */
export function ChatGroupView({ group }: { readonly group: ChatGroup }) {
  return group.kind === "messages" ? <Messages group={group} /> : <Doings group={group} />;
}

function Messages({ group }: { readonly group: Group<"messages"> }) {
  const { userId, author, atMs, messages } = group;
  const me = useIde((state) => state.control.self);
  const color = useIde((state) => authorOf(state, userId).color);
  const nameNow = useIde((state) => authorOf(state, userId).name);
  return (
    <article className="chat__group">
      <Avatar initials={initials(author)} color={color ?? 0} sizePx={28} />
      <div>
        <div className="chat__author">
          <span data-tip={nameNow === author ? undefined : `Now ${nameNow}`}>{author}</span>
          <time className="chat__time" dateTime={new Date(atMs).toISOString()}>
            {timeOf(atMs)}
          </time>
        </div>
        {messages.map((message) => {
          const { id, text, isEdited } = message;
          const callsMe = me !== undefined && userId !== me.userId && isMentioned(me.name, text);
          return (
            <div
              key={id}
              className={`chat__message ${callsMe ? "chat__message--calls" : ""}`}
              data-time={timeOf(message.atMs)}
            >
              <MessageText text={text} places={message.places} />
              {isEdited && <span className="chat__edited"> (edited)</span>}
              {userId === me?.userId && <OwnActions id={id} />}
            </div>
          );
        })}
      </div>
    </article>
  );
}

function OwnActions({ id }: { readonly id: string }) {
  const { chat, editors, notifications } = useActions();
  const remove = async () => {
    const failure = await chat.remove(id);
    if (failure !== undefined) notifications.notify({ tone: "error", text: failure });
  };
  return (
    <span className="chat__actions">
      <IconButton
        icon={Pencil}
        size={14}
        label="Edit"
        onClick={() => {
          chat.setEditing(id);
          editors.focus("chat");
        }}
      />
      <IconButton icon={Trash2} size={14} label="Delete" onClick={() => void remove()} />
    </span>
  );
}

/** So many lines are always shown; what is more than one beyond them waits behind a button. */
const SHOWN_LINES = 3;

function Doings({ group }: { readonly group: Group<"activity"> }) {
  const [isOpen, setOpen] = useState(false);
  const lines = activityLines(group.activities);
  const hidden = isOpen || lines.length <= SHOWN_LINES + 1 ? 0 : lines.length - SHOWN_LINES;
  return (
    <div className="chat__doings">
      {hidden > 0 && (
        <button type="button" className="chat__more" onClick={() => setOpen(true)}>
          {hidden} more before
        </button>
      )}
      {lines.slice(hidden).map(({ id, text, atMs }) => (
        <div key={id}>
          {text}{" "}
          <time className="chat__time" dateTime={new Date(atMs).toISOString()}>
            {timeOf(atMs)}
          </time>
        </div>
      ))}
    </div>
  );
}
