import { ArrowDown, MessageSquare, RotateCw, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { chatGroups, typingLabel, type ChatGroup } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Empty } from "../ui/Empty.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import "./ChatPane.css";
import { Composer } from "./Composer.tsx";
import { MessageText } from "./MessageText.tsx";

/** Closer to the end than this counts as being there: new messages scroll into sight. */
const AT_END_PX = 40;

/** The room's talk, what the room did in grey between it, and the line for one's own. */
export function ChatPane() {
  const actions = useActions();
  const chat = useIde((state) => state.chat);
  const list = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  useEffect(() => {
    actions.chat.setVisible(true);
    return () => actions.chat.setVisible(false);
  }, [actions]);
  const toEnd = (): void => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  };
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
  }, [chat.lines, chat.sending, isAtEnd]);
  const groups = chatGroups(chat.lines, chat.dividerId);
  const isEmpty = groups.length === 0 && chat.sending.length === 0;
  return (
    <section className="chat" aria-label="Chat">
      {isEmpty ? (
        <Empty
          icon={MessageSquare}
          title="Nothing said yet"
          detail="Everyone in the room reads what you write here, and whoever comes later too."
        />
      ) : (
        <div
          ref={list}
          className="chat__lines"
          role="log"
          aria-label="Messages"
          tabIndex={0}
          onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
            setAtEnd(scrollHeight - scrollTop - clientHeight < AT_END_PX)
          }
        >
          {groups.map((group) => (
            <Group key={group.id} group={group} isNew={group.id === chat.dividerId} />
          ))}
          {chat.sending.map(({ id, text, failure }) => (
            <div key={id} className="chat__sending">
              <MessageText text={text} />
              {failure !== undefined && (
                <p className="chat__failure" role="alert">
                  Not sent: {failure}
                  <IconButton
                    icon={RotateCw}
                    size={14}
                    label="Send again"
                    onClick={() => void actions.chat.retry(id)}
                  />
                  <IconButton
                    icon={X}
                    size={14}
                    label="Discard"
                    onClick={() => actions.chat.discard(id)}
                  />
                </p>
              )}
            </div>
          ))}
        </div>
      )}
      {!isAtEnd && !isEmpty && (
        <button type="button" className="chat__end" onClick={toEnd}>
          <ArrowDown size={14} aria-hidden />
          Latest
        </button>
      )}
      <p className="chat__typing" aria-live="polite">
        {typingLabel(chat.typing)}
      </p>
      <Composer />
    </section>
  );
}

function Group({ group, isNew }: { readonly group: ChatGroup; readonly isNew: boolean }) {
  const person = useIde((state) =>
    group.kind === "messages"
      ? state.presence.people.find(({ name }) => name === group.author)
      : undefined,
  );
  const color = useIde((state) =>
    person === undefined ? undefined : state.presence.colors[person.userId],
  );
  if (group.kind === "system") {
    return (
      <ul className="chat__system">
        {group.lines.map(({ text, atMs }) => (
          <li key={`${atMs}${text}`} title={new Date(atMs).toLocaleString()}>
            {text}
          </li>
        ))}
      </ul>
    );
  }
  return (
    <>
      {isNew && <p className="chat__divider">New</p>}
      <article className="chat__group">
        <Avatar initials={initials(group.author)} color={color ?? 0} quiet={color === undefined} />
        <div className="chat__said">
          <header className="chat__author">
            <strong>{group.author}</strong>
            {group.atMs !== undefined && (
              <time dateTime={new Date(group.atMs).toISOString()}>
                {new Date(group.atMs).toLocaleTimeString([], { timeStyle: "short" })}
              </time>
            )}
          </header>
          {group.messages.map(({ id, text }) => (
            <MessageText key={id} text={text} />
          ))}
        </div>
      </article>
    </>
  );
}
