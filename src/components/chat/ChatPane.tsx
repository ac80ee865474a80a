import { ArrowDown, MessagesSquare } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { chatGroups, typingLabel } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { Empty } from "../ui/Empty.tsx";
import { ChatGroupView } from "./ChatGroupView.tsx";
import "./ChatPane.css";
import { Composer } from "./Composer.tsx";
import { SendingMessage } from "./SendingMessage.tsx";

/** Further from the end than this, and a button leads back to it. */
const AT_END_PX = 40;

/** Talk of the room, with what the room does in grey between. */
export function ChatPane() {
  const actions = useActions();
  const lines = useIde((state) => state.chat.lines);
  const dividerId = useIde((state) => state.chat.dividerId);
  const sending = useIde((state) => state.chat.sending);
  const typing = useIde((state) => state.chat.typing);
  const log = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const groups = chatGroups(lines, dividerId);

  // What is on the screen is read; behind another tab or in a closed drawer it is not.
  const watch = useCallback(
    (pane: HTMLElement | null) => {
      if (pane === null) return undefined;
      const observer = new IntersectionObserver(([entry]) =>
        actions.chat.setVisible(
          entry?.target.checkVisibility({ visibilityProperty: true }) === true,
        ),
      );
      observer.observe(pane);
      return () => {
        observer.disconnect();
        actions.chat.setVisible(false);
      };
    },
    [actions],
  );

  return (
    <section className="chat" aria-label="Chat" ref={watch}>
      {groups.length + sending.length === 0 ? (
        <Empty
          icon={MessagesSquare}
          title="Nothing said yet"
          detail="Everyone in the room reads what you write here, and whoever comes later. A place such as main.py:12 becomes a link."
        />
      ) : (
        <div
          ref={log}
          className="chat__log"
          role="log"
          aria-label="Messages"
          tabIndex={0}
          // Counted from the end, since the direction is reversed.
          onScroll={({ currentTarget }) => setAtEnd(currentTarget.scrollTop > -AT_END_PX)}
        >
          <div className="chat__lines">
            {groups.map((group) => (
              <div key={group.id}>
                {group.id === dividerId && <div className="chat__divider">New</div>}
                <ChatGroupView group={group} />
              </div>
            ))}
            {sending.map((message) => (
              <SendingMessage key={message.id} message={message} />
            ))}
          </div>
        </div>
      )}
      {!atEnd && (
        <button
          type="button"
          className="chat__latest"
          onClick={() => log.current?.scrollTo({ top: 0 })}
        >
          <ArrowDown size={14} aria-hidden />
          Latest
        </button>
      )}
      <div className="chat__typing" aria-live="polite">
        {typingLabel(typing)}
      </div>
      <Composer />
    </section>
  );
}
