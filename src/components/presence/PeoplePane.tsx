import { AtSign, Eye, MapPin, Pencil, UserPlus } from "lucide-react";
import { useState, type FormEvent } from "react";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import { activity, initials, participants, type Participant } from "#store/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import "./PeoplePane.css";

interface PeoplePaneProps {
  /** Without a heading of its own: whoever holds it says what it is. */
  readonly bare?: boolean;
}

/** Everyone in the room: what they may do, where they are, and the way to them. */
export function PeoplePane({ bare = false }: PeoplePaneProps) {
  const actions = useActions();
  const everyone = useIde((state) => participants(state.presence, state.control.self?.session));
  const isAlone = everyone.length <= 1;
  return (
    <section className="people" aria-label="People">
      {!bare && (
        <div className="pane-head">
          <h2 className="pane-head__title">People</h2>
        </div>
      )}
      <ul className="people__list">
        {everyone.map((person) => (
          <PersonRow key={person.userId} person={person} />
        ))}
      </ul>
      <div className="people__invite">
        {isAlone && <p>Only you are here. Whoever opens your link is in this room.</p>}
        <Button onClick={() => actions.overlay.open({ kind: "invite" })}>
          <UserPlus size={14} strokeWidth={1.75} aria-hidden />
          Invite
        </Button>
      </div>
    </section>
  );
}

function PersonRow({ person }: { readonly person: Participant }) {
  const actions = useActions();
  const following = useIde((state) => state.presence.following);
  const [isRenaming, setRenaming] = useState(false);
  const isFollowed = following?.session === person.session;
  const { file } = person;
  if (isRenaming) {
    return (
      <li className="person">
        <NameForm name={person.name} onDone={() => setRenaming(false)} />
      </li>
    );
  }
  return (
    <li className="person" data-followed={isFollowed}>
      <Avatar initials={initials(person.name)} color={person.color} sizePx={28} />
      <div className="person__who">
        <p className="person__name">
          <span className="person__text">{person.name}</span>
          {person.isMe && <span className="person__me">you</span>}
          {person.role !== "editor" && <span className="person__role">{person.role}</span>}
        </p>
        <Whereabouts person={person} />
      </div>
      <div className="person__actions">
        {person.isMe ? (
          <IconButton
            icon={Pencil}
            size={14}
            label="Change my name"
            onClick={() => setRenaming(true)}
          />
        ) : (
          <>
            <IconButton
              icon={Eye}
              size={14}
              label={isFollowed ? `Stop following ${person.name}` : `Follow ${person.name}`}
              aria-pressed={isFollowed}
              onClick={() =>
                isFollowed ? actions.presence.unfollow() : actions.presence.follow(person.session)
              }
            />
            {file !== undefined && (
              <IconButton
                icon={MapPin}
                size={14}
                label={`Go to where ${person.name} is`}
                onClick={() => actions.layout.openFile(file)}
              />
            )}
          </>
        )}
      </div>
    </li>
  );
}

function Whereabouts({ person }: { readonly person: Participant }) {
  const nowMs = useNow(30_000);
  const { kind, minutes } = activity(person.activeAtMs, nowMs);
  const words = [
    person.file ?? "looking around",
    kind === "active" ? undefined : `${kind} ${minutes} min`,
    person.tabs > 1 ? `${person.tabs} tabs` : undefined,
    person.followsMe ? "follows you" : undefined,
  ];
  return (
    <p className="person__where" data-activity={kind}>
      {words.filter((word) => word !== undefined).join(" · ")}
    </p>
  );
}

function NameForm({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  const actions = useActions();
  const [text, setText] = useState(name);
  const [failure, setFailure] = useState<string>();
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const problem = await actions.control.rename(text.trim());
    if (problem === undefined) onDone();
    else setFailure(problem);
  };
  return (
    <form className="person__form" onSubmit={(event) => void save(event)}>
      <AtSign size={14} aria-hidden />
      <input
        autoFocus
        aria-label="My name"
        aria-invalid={failure !== undefined}
        maxLength={40}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => event.key === "Escape" && onDone()}
      />
      <Button small look="primary" type="submit" disabled={text.trim() === ""}>
        Save
      </Button>
      {failure !== undefined && <p role="alert">{failure}</p>}
    </form>
  );
}
