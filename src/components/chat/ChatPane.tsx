import { Activity, ArrowDown, MessagesSquare } from "lucide-react";
import { useRef, useState, type DragEvent } from "react";
import { chatGroups, typingLabel } from "#store/chat.ts";
import { isUnreached } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { Empty } from "../ui/Empty.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import { useInSight } from "../ui/useInSight.ts";
import { ChatGroupView } from "./ChatGroupView.tsx";
import "./ChatPane.css";
import { Composer, type ComposerHandle } from "./Composer.tsx";
import { SendingMessage } from "./SendingMessage.tsx";

const none: readonly never[] = [];

/** Further from the end than this, and a button leads back to it. */
const AT_END_PX = 40;

/** Talk of the room, with what the room does in grey between. */
export function ChatPane() {
  const actions = useActions();
  const items = useIde((state) => state.chat.items) ?? none;
  const showsActivity = useIde((state) => state.settings.chatActivity);
  const dividerId = useIde((state) => state.chat.dividerId);
  const sending = useIde((state) => state.chat.sending);
  const typing = useIde((state) => state.chat.typing);
  const unreached = useIde((state) => isUnreached(state.control));
  const log = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const composer = useRef<ComposerHandle>(null);
  const [isDraggedOver, setDraggedOver] = useState(false);
  const groups = chatGroups(items, dividerId, showsActivity);

  // What is on the screen is read.
  const watch = useInSight(actions.chat.setVisible);

  const dragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    setDraggedOver(true);
  };
  const drop = (event: DragEvent) => {
    setDraggedOver(false);
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    void composer.current?.attach([...event.dataTransfer.files]);
  };

  return (
    <section
      className={`chat ${isDraggedOver ? "chat--drop" : ""}`}
      aria-label="Chat"
      ref={watch}
      onDragOver={dragOver}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) {
          setDraggedOver(false);
        }
      }}
      onDrop={drop}
    >
      {groups.length + sending.length === 0 && unreached ? (
        <NotConnected detail="What was said comes with the connection. What you write is sent then." />
      ) : groups.length + sending.length === 0 ? (
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
      <div className="chat__foot">
        <div className="chat__typing" aria-live="polite">
          {typingLabel(typing)}
        </div>
        <IconButton
          icon={Activity}
          size={14}
          label={showsActivity ? "Hide what the room does" : "Show what the room does"}
          aria-pressed={showsActivity}
          onClick={() => actions.settings.set({ chatActivity: !showsActivity })}
        />
      </div>
      <Composer ref={composer} />
    </section>
  );
}
