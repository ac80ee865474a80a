import { Megaphone, SendHorizontal, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { EVERYONE } from "#store/chat/mentions.ts";
import { lastOwnMessage, messageOf } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials, participants } from "#store/presence.ts";
import { rank } from "#store/ui/fuzzy.ts";
import { CHAT_PANE } from "#store/ui/panes.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { mentionAt } from "./mention.ts";

const MAX_MENTIONS = 6;
/** A page of text. What is longer belongs into a file. */
const MAX_CHARS = 4_000;

/**
 * Where messages are written: Enter sends, Shift+Enter makes a line, `@` names someone, and the up
 * arrow changes what I said last.
 */
export function Composer() {
  const { chat, editors, notifications } = useActions();
  const editing = useIde((state) => state.chat.editing);
  const last = useIde((state) => lastOwnMessage(state.chat, state.control.self?.userId));
  const edited = useIde((state) => messageOf(state.chat, state.chat.editing));
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [caret, setCaret] = useState(0);
  const [choice, setChoice] = useState(0);
  const people = useIde((state) => participants(state.presence, state.control.self?.session));

  useEffect(
    () => editors.registerPane(CHAT_PANE, { focus: () => field.current?.focus() }),
    [editors],
  );

  const mention = mentionAt(text, caret);
  const others = [
    ...people.filter(({ isMe }) => !isMe),
    { userId: 0, name: EVERYONE, color: undefined },
  ];
  const matches =
    mention === undefined ? [] : rank(mention.query, others, ({ name }) => name, MAX_MENTIONS);

  const change = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setChoice(0);
    chat.setTyping(next.trim() !== "");
  };
  // What was being written waits while an older message is written anew.
  const [shownEditing, setShownEditing] = useState<string>();
  const [waiting, setWaiting] = useState("");
  if (editing !== shownEditing) {
    setShownEditing(editing);
    if (shownEditing === undefined) setWaiting(text);
    const next = editing === undefined ? waiting : (edited?.text ?? "");
    setText(next);
    setCaret(next.length);
  }

  const saveEdit = async (id: string, message: string) => {
    const failure = await chat.edit(id, message);
    if (failure !== undefined) notifications.notify({ tone: "error", text: failure });
  };
  const send = () => {
    const message = text.trim();
    if (message === "") return;
    if (editing === undefined) {
      change("", 0);
      void chat.say(message);
    } else {
      chat.setTyping(false);
      chat.setEditing(undefined);
      if (message !== edited?.text) void saveEdit(editing, message);
    }
    field.current?.focus();
  };
  const complete = (name: string) => {
    if (mention === undefined) return;
    const next = `${text.slice(0, mention.start)}@${name} `;
    change(next + text.slice(caret), next.length);
    field.current?.focus();
    // After the field has taken the text, or the caret would end up behind it.
    requestAnimationFrame(() => field.current?.setSelectionRange(next.length, next.length));
  };
  const handleKey = (event: KeyboardEvent) => {
    // While an input method composes, every key belongs to it.
    if (event.nativeEvent.isComposing) return;
    const match = matches[choice]?.item;
    const isWhole = event.key === "Enter" && match?.name === mention?.query;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && matches.length > 0) {
      setChoice((choice + step + matches.length) % matches.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && match !== undefined && !isWhole) {
      complete(match.name);
    } else if (event.key === "Escape" && matches.length > 0) {
      setCaret(0);
    } else if (event.key === "Escape" && editing !== undefined) {
      chat.setEditing(undefined);
    } else if (event.key === "ArrowUp" && text === "" && last !== undefined) {
      chat.setEditing(last.id);
    } else if (event.key === "Enter" && !event.shiftKey) {
      send();
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div className="chat__composer">
      {matches.length > 0 && (
        <div className="chat__mentions" role="listbox" aria-label="People">
          {matches.map(({ item }, index) => (
            <button
              key={item.userId}
              type="button"
              className="chat__mention"
              role="option"
              aria-selected={index === choice}
              onPointerDown={(event) => {
                event.preventDefault();
                complete(item.name);
              }}
            >
              {item.color === undefined ? (
                <Megaphone size={16} aria-hidden />
              ) : (
                <Avatar initials={initials(item.name)} color={item.color} sizePx={20} />
              )}
              {item.name}
            </button>
          ))}
        </div>
      )}
      {editing !== undefined && (
        <div className="chat__editing">
          Changing a message
          <IconButton
            icon={X}
            size={14}
            label="Leave it as it is"
            shortcut="Esc"
            onClick={() => chat.setEditing(undefined)}
          />
        </div>
      )}
      <textarea
        ref={field}
        className="chat__input"
        data-sends
        rows={1}
        maxLength={MAX_CHARS}
        value={text}
        placeholder="Message everyone"
        aria-label="Message everyone"
        onChange={({ target }) => change(target.value, target.selectionStart)}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart)}
        onKeyDown={handleKey}
        onBlur={() => chat.setTyping(false)}
      />
      <IconButton
        className="chat__send"
        icon={SendHorizontal}
        label={editing === undefined ? "Send" : "Save"}
        shortcut="Enter"
        disabled={text.trim() === ""}
        onClick={send}
      />
    </div>
  );
}
