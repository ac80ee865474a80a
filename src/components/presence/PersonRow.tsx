import { ArrowRight, Eye, EyeOff, Pencil } from "lucide-react";
import { useState, type CSSProperties, type FocusEvent, type KeyboardEvent } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import {
  activity,
  initials,
  participants,
  takenColors,
  type Participant,
} from "#store/presence.ts";
import { placeTitle } from "#store/ui/follow.ts";
import { filePane } from "#store/ui/panes.ts";
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
  const followed = useIde((state) =>
    state.presence.following.some(({ session }) => session === person.session),
  );
  const [renaming, setRenaming] = useState(false);
  const { name, isMe, file, tabs, followsMe } = person;
  const view = person.view ?? (file === undefined ? undefined : { pane: filePane(file) });
  const place = view === undefined ? undefined : placeTitle({ pane: view.pane });
  const state = activity(isMe ? undefined : person.activeAtMs, nowMs);
  const tag = roleTags[person.role];
  const where = [
    place ?? (isMe ? undefined : "In the room"),
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
        <Identity person={person} onDone={() => setRenaming(false)} />
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
              label="Change my name or colour"
              onClick={() => setRenaming(true)}
            />
          ) : (
            <>
              {view !== undefined && (
                <IconButton
                  icon={ArrowRight}
                  label={`Go to ${place}`}
                  onClick={() => actions.goTo(view)}
                />
              )}
              <IconButton
                icon={followed ? EyeOff : Eye}
                label={followed ? "Stop following" : `Follow ${name}`}
                aria-pressed={followed}
                onClick={() =>
                  followed
                    ? actions.presence.unfollow(person.session)
                    : actions.presence.follow(person.session)
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

/** The palette by names that a person without sight of it can go by. */
const colorNames = ["Blue", "Orange", "Green", "Pink", "Sky", "Vermilion", "Violet", "Ochre"];

function selectAll(input: HTMLInputElement | null): void {
  input?.select();
}

interface IdentityProps {
  readonly person: Participant;
  readonly onDone: () => void;
}

/** By which name and in which colour everyone sees me. A colour is chosen at once, a name at the end. */
function Identity({ person: { name, color }, onDone }: IdentityProps) {
  const actions = useActions();
  const everyone = useIde((state) => participants(state.presence, state.control.self?.session));
  const taken = takenColors(everyone);
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
  const handleBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (!currentTarget.contains(relatedTarget)) void accept();
  };
  return (
    <div className="person__identity" onKeyDown={handleKey} onBlur={handleBlur}>
      <input
        ref={selectAll}
        className="field person__name-field"
        value={text}
        maxLength={MAX_NAME_CHARS}
        aria-label="My name"
        onChange={(event) => setText(event.target.value)}
      />
      <div className="person__colors" role="radiogroup" aria-label="My colour">
        {colorNames.map((label, index) => {
          const owner = index === color ? undefined : taken.get(index);
          const words = owner === undefined ? label : `${label}: ${owner} has it`;
          return (
            <input
              key={label}
              type="radio"
              name="my-color"
              className="person__color"
              style={{ "--person": `var(--person-${index})` } as CSSProperties}
              aria-label={words}
              data-tip={words}
              checked={index === color}
              disabled={owner !== undefined}
              onChange={() => actions.presence.setColor(index)}
            />
          );
        })}
      </div>
    </div>
  );
}
