import { PanelRight, X } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { groupOf } from "#store/ui/dock.ts";
import { CHAT_PANE } from "#store/ui/panes.ts";
import { ChatPane } from "../chat/ChatPane.tsx";
import { PeoplePane } from "../presence/PeoplePane.tsx";
import { Boundary } from "../ui/Boundary.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import "./Sidebar.css";

/** Talk and people at the right edge, beside the panes and never over the editor where there is room. */
export function Drawer() {
  const actions = useActions();
  const view = useIde((state) => state.layout.drawer);
  const over = useIde((state) => state.layout.room === "narrow");
  const chatDocked = useIde((state) => groupOf(state.layout.dock, CHAT_PANE) !== undefined);
  if (view === undefined) return null;
  const tabs = [
    ...(chatDocked ? [] : [{ id: "chat", label: "Chat" } as const]),
    { id: "people", label: "People" } as const,
  ];
  return (
    <aside className={over ? "drawer drawer--over card" : "drawer card"} data-region="drawer">
      <div className="pane-head">
        <div className="drawer__tabs" role="tablist" aria-label="Chat and people">
          {tabs.map(({ id, label }) => (
            <button
              key={id}
              type="button"
              className="drawer__tab"
              role="tab"
              aria-selected={view === id}
              onClick={() => view !== id && actions.layout.toggleDrawer(id)}
            >
              {label}
            </button>
          ))}
        </div>
        {view === "chat" && (
          <IconButton
            icon={PanelRight}
            label="Move the chat to a tab"
            onClick={() => {
              actions.layout.closeDrawer();
              actions.layout.show(CHAT_PANE);
            }}
          />
        )}
        <IconButton icon={X} label="Close" onClick={() => actions.layout.closeDrawer()} />
      </div>
      <Boundary key={view} name={view === "chat" ? "The chat" : "The list of people"}>
        {view === "chat" ? <ChatPane /> : <PeoplePane bare />}
      </Boundary>
    </aside>
  );
}
