import { CornerDownLeft } from "lucide-react";
import { useEffect, useState, type KeyboardEvent } from "react";
import { useActions } from "#store/hooks.tsx";
import { IconButton } from "../ui/IconButton.tsx";

/** Longest message, in characters: a page of text. What is longer belongs into a file. */
const MAX_CHARS = 4000;

/** Where a message is written: Enter sends it, Shift+Enter begins a new line. */
export function Composer() {
  const actions = useActions();
  const [text, setText] = useState("");
  const isTyping = text.trim() !== "";
  useEffect(() => {
    actions.chat.setTyping(isTyping);
    return () => {
      if (isTyping) actions.chat.setTyping(false);
    };
  }, [actions, isTyping]);
  const send = (): void => {
    const message = text.trim();
    if (message === "") return;
    setText("");
    void actions.chat.say(message);
  };
  const handleKey = (event: KeyboardEvent): void => {
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="chat__composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        aria-label="Message to everyone"
        placeholder="Message to everyone"
        rows={1}
        maxLength={MAX_CHARS}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={handleKey}
      />
      <IconButton icon={CornerDownLeft} label="Send" type="submit" disabled={text.trim() === ""} />
    </form>
  );
}
