import { SendHorizontal } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
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

/** Where messages are written: Enter sends, Shift+Enter makes a line, `@` names someone. */
export function Composer() {
  const { chat, editors } = useActions();
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
  const others = people.filter(({ isMe }) => !isMe);
  const matches =
    mention === undefined ? [] : rank(mention.query, others, ({ name }) => name, MAX_MENTIONS);

  const change = (next: string, at: number) => {
    setText(next);
    setCaret(at);
    setChoice(0);
    chat.setTyping(next.trim() !== "");
  };
  const send = () => {
    const message = text.trim();
    if (message === "") return;
    change("", 0);
    void chat.say(message);
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
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && matches.length > 0) {
      setChoice((choice + step + matches.length) % matches.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && match !== undefined) {
      complete(match.name);
    } else if (event.key === "Escape" && mention !== undefined) {
      setCaret(0);
    } else if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
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
              <Avatar initials={initials(item.name)} color={item.color} sizePx={20} />
              {item.name}
            </button>
          ))}
        </div>
      )}
      <textarea
        ref={field}
        className="chat__input"
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
        label="Send"
        shortcut="Enter"
        disabled={text.trim() === ""}
        onClick={send}
      />
    </div>
  );
}
