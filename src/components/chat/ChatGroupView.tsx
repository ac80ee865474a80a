import type { ChatGroup } from "#store/chat.ts";
import { useIde } from "#store/hooks.tsx";
import { colorOfName, initials } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { MessageText } from "../ui/markup/MessageText.tsx";

const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** What one person said in a few minutes, or what the room did meanwhile. */
export function ChatGroupView({ group }: { readonly group: ChatGroup }) {
  const author = group.kind === "messages" ? group.author : "";
  const color = useIde((state) => colorOfName(state.presence, author));
  if (group.kind === "system") {
    return <div className="chat__system">{group.lines.map(({ text }) => text).join(" · ")}</div>;
  }
  const { atMs, messages } = group;
  return (
    <article className="chat__group">
      <Avatar initials={initials(author)} color={color} sizePx={28} />
      <div>
        <div className="chat__author">
          <span>{author}</span>
          {atMs !== undefined && (
            <time className="chat__time" dateTime={new Date(atMs).toISOString()}>
              {time.format(atMs)}
            </time>
          )}
        </div>
        {messages.map(({ id, text }) => (
          <div key={id} className="chat__message">
            <MessageText text={text} />
          </div>
        ))}
      </div>
    </article>
  );
}
