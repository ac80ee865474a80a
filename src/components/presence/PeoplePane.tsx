import { UserPlus } from "lucide-react";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import { participants } from "#store/presence.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { Alone } from "./Alone.tsx";
import "./PeoplePane.css";
import { PersonRow } from "./PersonRow.tsx";

interface PeoplePaneProps {
  /** Without a heading of its own: whoever holds it says what it is. */
  readonly bare?: boolean;
}

/** Everyone who is here, where they are, and how to go along with them. */
export function PeoplePane({ bare = false }: PeoplePaneProps) {
  const { overlay } = useActions();
  const everyone = useIde((state) => participants(state.presence, state.control.self?.session));
  const now = useNow(30_000);
  return (
    <section className="people" aria-label="People">
      {!bare && (
        <div className="pane-head">
          <h2 className="pane-head__title">People</h2>
          <IconButton
            icon={UserPlus}
            label="Invite someone"
            onClick={() => overlay.open({ kind: "invite" })}
          />
        </div>
      )}
      <ul className="people__list">
        {everyone.map((person) => (
          <PersonRow key={person.userId} person={person} nowMs={now} />
        ))}
      </ul>
      {everyone.length === 1 && <Alone />}
    </section>
  );
}
