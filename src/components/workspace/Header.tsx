import { MessageSquare, UserPlus } from "lucide-react";
import { canInvite } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import "./Header.css";
import { Logo } from "./Logo.tsx";
import { MainMenu } from "./MainMenu.tsx";
import { PeopleStack } from "./PeopleStack.tsx";
import { RunButton } from "./RunButton.tsx";
import { SavedNote } from "./SavedNote.tsx";

/** The project, whether it is saved, Run, and who is here. */
export function Header() {
  const actions = useActions();
  const name = useIde((state) => state.control.repl?.slug ?? "");
  const phone = useIde((state) => state.layout.room === "phone");
  const mayInvite = useIde((state) => canInvite(state.control));
  const unread = useIde((state) => state.chat.unread);
  const chatOpen = useIde((state) => state.layout.drawer === "chat");
  return (
    <header className="header" data-region="header">
      <div className="header__side">
        <Logo />
        <h1 className="header__name">{name}</h1>
        <SavedNote />
      </div>
      {!phone && <RunButton />}
      <div className="header__side header__side--end">
        <PeopleStack />
        {!phone && (
          <IconButton
            icon={MessageSquare}
            label="Chat"
            badge={unread > 0 ? unread : undefined}
            aria-pressed={chatOpen}
            onClick={() => actions.layout.toggleDrawer("chat")}
          />
        )}
        {mayInvite && phone && (
          <IconButton
            icon={UserPlus}
            label="Invite"
            onClick={() => actions.overlay.open({ kind: "invite" })}
          />
        )}
        {mayInvite && !phone && (
          <Button small onClick={() => actions.overlay.open({ kind: "invite" })}>
            <UserPlus size={14} strokeWidth={1.75} aria-hidden />
            Invite
          </Button>
        )}
        <MainMenu />
      </div>
    </header>
  );
}
