import { Megaphone, UserPlus } from "lucide-react";
import { canEdit, canInvite, isUnreached } from "#store/control.ts";
import { useActions, useIde, useIdeContext, useNow } from "#store/hooks.tsx";
import { participants } from "#store/presence.ts";
import { runCommand } from "#store/ui/commands.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import { Alone } from "./Alone.tsx";
import "./PeoplePane.css";
import { PersonRow } from "./PersonRow.tsx";

interface PeoplePaneProps {
  /** Without a heading of its own: whoever holds it says what it is. */
  readonly bare?: boolean;
}

/** Everyone who is here, where they are, and how to go along with them. */
export function PeoplePane({ bare = false }: PeoplePaneProps) {
  const ide = useIdeContext();
  const { overlay } = useActions();
  const mayCall = useIde(({ control }) => canEdit(control));
  const mayInvite = useIde(({ control }) => canInvite(control));
  const everyone = useIde((state) => participants(state.presence, state.control.self?.session));
  const unreached = useIde((state) => isUnreached(state.control));
  const now = useNow(30_000);
  return (
    <section className="people" aria-label="People">
      {!bare && (
        <div className="pane-head">
          <h2 className="pane-head__title">People</h2>
          {everyone.length > 1 && mayCall && (
            <IconButton
              icon={Megaphone}
              label="Bring everyone here"
              onClick={() => runCommand(ide, "people.call")}
            />
          )}
          {mayInvite && (
            <IconButton
              icon={UserPlus}
              label="Invite someone"
              onClick={() => overlay.open({ kind: "invite" })}
            />
          )}
        </div>
      )}
      {unreached && <NotConnected detail="Who is here comes with the connection." />}
      <ul className="people__list">
        {everyone.map((person) => (
          <PersonRow key={person.userId} person={person} nowMs={now} />
        ))}
      </ul>
      {everyone.length === 1 && <Alone />}
    </section>
  );
}
