import { ImagePlus, Megaphone, SendHorizontal, X } from "lucide-react";
import {
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
  type Ref,
} from "react";
import { flushSync } from "react-dom";
import { MAX_IMAGES, splitImages } from "#common/chat/images.ts";
import { imageProblem } from "#store/chat/images.ts";
import { emptyDraft, type ChatDraft } from "#store/chat/journal.ts";
import { EVERYONE } from "#store/chat/mentions.ts";
import { lastOwnMessage, messageOf } from "#store/chat.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { initials, participants } from "#store/presence.ts";
import { rank } from "#store/ui/fuzzy.ts";
import { CHAT_PANE } from "#store/ui/panes.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Attachments } from "./Attachments.tsx";
import { mentionAt } from "./mention.ts";

const MAX_MENTIONS = 6;
/** A page of text. What is longer belongs into a file. */
const MAX_CHARS = 4_000;

export interface ComposerHandle {
  /** Puts images into the message that is being written. */
  attach(files: readonly File[]): Promise<void>;
}

function draftOf(message: string): ChatDraft {
  const { words: text, images } = splitImages(message);
  return { text, images };
}

/**
 * Where messages are written: Enter sends, Shift+Enter makes a line, `@` names someone, and the up
 * arrow changes what I said last. Images come by the clipboard, or are chosen.
 */
export function Composer({ ref }: { readonly ref?: Ref<ComposerHandle> }) {
  const { chat, editors, notifications } = useActions();
  const editing = useIde((state) => state.chat.editing);
  const last = useIde((state) => lastOwnMessage(state.chat, state.control.self?.userId));
  const edited = useIde((state) => messageOf(state.chat, state.chat.editing));
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  // What was being written waits while an older message is written anew.
  const draft = useIde((state) => state.chat.draft);
  const [edit, setEdit] = useState(emptyDraft);
  const { text, images: attached } = editing === undefined ? draft : edit;
  const write = editing === undefined ? chat.changeDraft : setEdit;
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
    write((before) => ({ ...before, text: next }));
    setCaret(at);
    setChoice(0);
    chat.setTyping(next.trim() !== "");
  };
  const [shownEditing, setShownEditing] = useState<string>();
  if (editing !== shownEditing) {
    setShownEditing(editing);
    const next = editing === undefined ? draft : draftOf(edited?.text ?? "");
    if (editing !== undefined) setEdit(next);
    setCaret(next.text.length);
  }

  const complain = (problem: string) => notifications.notify({ tone: "error", text: problem });
  const attach = async (files: readonly File[]) => {
    const problems = await Promise.all(files.map(imageProblem));
    for (const problem of problems) if (problem !== undefined) complain(problem);
    const images = files.filter((_, index) => problems[index] === undefined);
    if (attached.length + images.length > MAX_IMAGES) {
      complain(`A message takes ${MAX_IMAGES} images at most.`);
    }
    const added = images.map((file) => ({ label: file.name, file }));
    write((before) => ({ ...before, images: [...before.images, ...added].slice(0, MAX_IMAGES) }));
    field.current?.focus();
  };
  useImperativeHandle(ref, () => ({ attach }));
  const handlePaste = (event: ClipboardEvent) => {
    const { files, types } = event.clipboardData;
    // What an office program copies is words first, and a picture of them for who cannot read them.
    if (files.length === 0 || types.includes("text/plain")) return;
    event.preventDefault();
    void attach([...files]);
  };

  const saveEdit = async (id: string, message: string) => {
    const failure = await chat.edit(id, message, attached);
    if (failure !== undefined) complain(failure);
  };
  const isEmpty = text.trim() === "" && attached.length === 0;
  const send = () => {
    const message = text.trim();
    if (isEmpty) return;
    if (editing === undefined) {
      void chat.say(message, { images: attached });
      change("", 0);
      write(() => emptyDraft);
    } else {
      chat.setTyping(false);
      chat.setEditing(undefined);
      const before = draftOf(edited?.text ?? "");
      const isSame = message === before.text && attached.length === before.images.length;
      if (!isSame || attached.some((image) => "file" in image)) void saveEdit(editing, message);
    }
    field.current?.focus();
  };
  const complete = (name: string) => {
    if (mention === undefined) return;
    const next = `${text.slice(0, mention.start)}@${name} `;
    // The next key may come before the next frame, and belongs behind the name.
    flushSync(() => change(next + text.slice(caret).replace(/^ /, ""), next.length));
    field.current?.focus();
    field.current?.setSelectionRange(next.length, next.length);
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
    } else if (event.key === "ArrowUp" && isEmpty && text === "" && last !== undefined) {
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
      <Attachments
        images={attached}
        onRemove={(image) => {
          write((before) => ({
            ...before,
            images: before.images.filter((other) => other !== image),
          }));
          field.current?.focus();
        }}
      />
      <div className="chat__field">
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
          onPaste={handlePaste}
          onBlur={() => chat.setTyping(false)}
        />
        <input
          ref={picker}
          type="file"
          accept="image/png,image/jpeg,image/gif,image/webp"
          multiple
          hidden
          onChange={({ target }) => {
            void attach([...(target.files ?? [])]);
            // The same file may be chosen again.
            target.value = "";
          }}
        />
        <div className="chat__buttons">
          <IconButton
            icon={ImagePlus}
            label="Add an image"
            onClick={() => picker.current?.click()}
          />
          <IconButton
            icon={SendHorizontal}
            label={editing === undefined ? "Send" : "Save"}
            shortcut="Enter"
            disabled={isEmpty}
            onClick={send}
          />
        </div>
      </div>
    </div>
  );
}
