import { ArrowRight, Eye, EyeOff, Pencil } from "lucide-react";
import { useState, type KeyboardEvent } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { activity, initials, type Participant } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/IconButton.tsx";

interface PersonRowProps {
  readonly person: Participant;
  readonly nowMs: number;
}

const roleTags = { owner: "Owner", editor: undefined, viewer: "Viewer" } as const;

/** One person: who, with which role, where, and since when quietly. */
export function PersonRow({ person, nowMs }: PersonRowProps) {
  const actions = useActions();
  const followed = useIde((state) => state.presence.following?.session === person.session);
  const [renaming, setRenaming] = useState(false);
  const { name, isMe, file, tabs, followsMe } = person;
  const state = activity(isMe ? undefined : person.activeAtMs, nowMs);
  const tag = roleTags[person.role];
  const where = [
    file ?? (isMe ? undefined : "In the room"),
    state.kind === "active" ? undefined : `${state.kind} ${state.minutes} min`,
    tabs > 1 ? `${tabs} tabs` : undefined,
    followsMe ? "follows you" : undefined,
  ].filter((part) => part !== undefined);

  return (
    <li className={followed ? "person person--followed" : "person"}>
      <Avatar
        initials={initials(name)}
        color={person.color}
        sizePx={28}
        quiet={state.kind !== "active"}
      />
      {renaming ? (
        <NameField name={name} onDone={() => setRenaming(false)} />
      ) : (
        <div className="person__text">
          <div className="person__name">
            <span>{name}</span>
            {isMe && <span className="person__you">you</span>}
            {tag !== undefined && <span className="person__role">{tag}</span>}
          </div>
          <div className="person__where">{where.join(" · ")}</div>
        </div>
      )}
      {!renaming && (
        <div className="person__actions">
          {isMe ? (
            <IconButton
              icon={Pencil}
              size={14}
              label="Change my name"
              onClick={() => setRenaming(true)}
            />
          ) : (
            <>
              {file !== undefined && (
                <IconButton
                  icon={ArrowRight}
                  label={`Go to ${file}`}
                  onClick={() => actions.layout.openFile(file)}
                />
              )}
              <IconButton
                icon={followed ? EyeOff : Eye}
                label={followed ? "Stop following" : `Follow ${name}`}
                aria-pressed={followed}
                onClick={() =>
                  followed ? actions.presence.unfollow() : actions.presence.follow(person.session)
                }
              />
            </>
          )}
        </div>
      )}
    </li>
  );
}

const MAX_NAME_CHARS = 40;

function selectAll(input: HTMLInputElement | null): void {
  input?.select();
}

function NameField({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  const actions = useActions();
  const [text, setText] = useState(name);
  const accept = async () => {
    onDone();
    const wanted = text.trim();
    if (wanted === "" || wanted === name) return;
    const failure = await actions.control.rename(wanted);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") void accept();
    if (event.key === "Escape") onDone();
  };
  return (
    <input
      ref={selectAll}
      className="field person__name-field"
      value={text}
      maxLength={MAX_NAME_CHARS}
      aria-label="My name"
      onChange={(event) => setText(event.target.value)}
      onKeyDown={handleKey}
      onBlur={() => void accept()}
    />
  );
}
