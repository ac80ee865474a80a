import {
  ArchiveRestore,
  Bell,
  Command,
  Keyboard,
  MessageSquareText,
  Search,
  Settings,
  UserPlus,
} from "lucide-react";
import { canInvite } from "#store/control.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import { phonePane } from "#store/ui/layout.ts";
import { historyOfPane } from "#store/ui/panes.ts";
import { ChatPane } from "../chat/ChatPane.tsx";
import { PeoplePane } from "../presence/PeoplePane.tsx";
import { Boundary } from "../ui/Boundary.tsx";
import { ConnectionStatus } from "./ConnectionStatus.tsx";
import "./PhoneBar.css";
import { RunButton } from "./RunButton.tsx";
import { SidebarPane } from "./SidebarPane.tsx";

/** What a phone shows that is not a pane of the dock. */
export function PhonePage() {
  const ide = useIdeContext();
  const actions = useActions();
  const tab = useIde((state) => state.layout.phoneTab);
  const chat = useIde((state) => state.layout.drawer !== "people");
  const view = useIde((state) => state.layout.sidebar.view);
  const mayInvite = useIde((state) => canInvite(state.control));
  const typing = useIde((state) => state.layout.typing);
  const past = useIde((state) => historyOfPane(phonePane(state.layout)) !== undefined);
  // It would lie on the keyboard, or on the timeline.
  if (tab === "code" || tab === "run") return typing || past ? null : <RunButton floating />;
  const more = [
    { command: "edit.search", label: "Search in all files", icon: Search },
    { command: "comments.list", label: "All comments", icon: MessageSquareText },
    { command: "file.deleted", label: "Deleted files", icon: ArchiveRestore },
    ...(mayInvite ? [{ command: "people.invite", label: "Invite people", icon: UserPlus }] : []),
    { command: "go.command", label: "All commands", icon: Command },
    { command: "view.notifications", label: "Notifications", icon: Bell },
    { command: "view.settings", label: "Settings", icon: Settings },
    { command: "help.shortcuts", label: "Keyboard shortcuts", icon: Keyboard },
  ];
  return (
    <div className="phone-page" data-region="sidebar">
      <Boundary key={tab} name="This page">
        {/* People have a tab of their own here. */}
        {tab === "files" && <SidebarPane view={view === "people" ? "files" : view} />}
        {tab === "people" && (
          <>
            <div className="pane-head">
              <div className="drawer__tabs" role="tablist" aria-label="Chat and people">
                {(["chat", "people"] as const).map((id) => (
                  <button
                    key={id}
                    type="button"
                    className="drawer__tab"
                    role="tab"
                    aria-selected={(id === "chat") === chat}
                    onClick={() => actions.layout.toggleDrawer(id)}
                  >
                    {id === "chat" ? "Chat" : "People"}
                  </button>
                ))}
              </div>
            </div>
            {chat ? <ChatPane /> : <PeoplePane bare />}
          </>
        )}
        {tab === "more" && (
          <div className="phone-page__more">
            <ConnectionStatus />
            {more.map(({ command, label, icon: Icon }) => (
              <button
                key={command}
                type="button"
                className="phone-page__item"
                onClick={() => runCommand(ide, command)}
              >
                <Icon size={20} strokeWidth={1.75} aria-hidden />
                {label}
              </button>
            ))}
          </div>
        )}
      </Boundary>
    </div>
  );
}
