import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../../ui/Button.tsx";

/** A page of text, and well within what one entry of the log holds. */
const MAX_CHARS = 4_000;

interface CommentFieldProps {
  readonly label: string;
  /** What the button says. */
  readonly send: string;
  readonly initial?: string;
  /** Where the words belong: under it they outlive the field until they are sent. */
  readonly place?: string;
  /** Takes the keyboard when it comes. */
  readonly isFocused?: boolean;
  /** Why it could not be sent; nothing when it is. */
  readonly onSend: (text: string) => Promise<string | undefined>;
  readonly onCancel?: () => void;
}

/** Where a comment is written: Enter sends, Shift+Enter makes a line. */
export function CommentField({
  label,
  send,
  initial = "",
  place,
  isFocused = false,
  onSend,
  onCancel,
}: CommentFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const { comments } = useActions();
  const kept = useIde((state) => state.comments.unsent[place ?? ""]);
  const [own, setOwn] = useState(initial);
  const text = place === undefined ? own : (kept ?? "");
  const setText = (words: string) =>
    place === undefined ? setOwn(words) : comments.keep(place, words);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (isFocused) field.current?.focus({ preventScroll: true });
  }, [isFocused]);

  const submit = async () => {
    if (text.trim() === "" || sending) return;
    setSending(true);
    const why = await onSend(text.trim());
    setSending(false);
    setFailure(why);
    if (why === undefined) setText("");
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) void submit();
    else if (event.key === "Escape" && onCancel !== undefined) onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="comment-field">
      <textarea
        ref={field}
        className="comment-field__text"
        data-sends
        rows={1}
        maxLength={MAX_CHARS}
        value={text}
        placeholder={`${label}…`}
        aria-label={label}
        readOnly={sending}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={handleKey}
      />
      <div className="comment-field__actions">
        {failure !== undefined && (
          <span className="comment-field__failure" role="alert">
            {failure}
          </span>
        )}
        {onCancel !== undefined && (
          <Button
            small
            look="quiet"
            onClick={() => {
              setText("");
              onCancel();
            }}
          >
            Cancel
          </Button>
        )}
        <Button
          small
          look="primary"
          disabled={text.trim() === "" || sending}
          onClick={() => void submit()}
        >
          {send}
        </Button>
      </div>
    </div>
  );
}
