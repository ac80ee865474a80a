import { Files, MessageSquareText, Search, Settings, Users } from "lucide-react";
import { useActions, useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import { unreadComments } from "#store/ui/comments.ts";
import { IconButton } from "../ui/IconButton.tsx";
import "./Rail.css";

/** What the sidebar can show. */
export function Rail() {
  const ide = useIdeContext();
  const actions = useActions();
  const { open, view } = useIde((state) => state.layout.sidebar);
  const people = useIde((state) => new Set(state.presence.people.map(({ userId }) => userId)).size);
  const comments = useIde((state) => unreadComments(state.comments, state.metadata.threads));
  const filesKeys = useShortcut("view.files");
  const searchKeys = useShortcut("edit.search");
  const settingsKeys = useShortcut("view.settings");
  const views = [
    { id: "files", label: "Files", icon: Files, keys: filesKeys, badge: undefined, isNews: false },
    {
      id: "search",
      label: "Search",
      icon: Search,
      keys: searchKeys,
      badge: undefined,
      isNews: false,
    },
    {
      id: "comments",
      label: "Comments",
      icon: MessageSquareText,
      keys: undefined,
      badge: comments === 0 ? undefined : comments,
      isNews: true,
    },
    {
      id: "people",
      label: "People",
      icon: Users,
      keys: undefined,
      badge: people > 1 ? people : undefined,
      isNews: false,
    },
  ] as const;
  return (
    <nav className="rail" aria-label="Sidebar" data-region="rail">
      {views.map(({ id, label, icon, keys, badge, isNews }) => (
        <IconButton
          key={id}
          className={isNews ? "rail__button" : "rail__button rail__button--count"}
          size={20}
          icon={icon}
          label={label}
          shortcut={keys}
          badge={badge}
          aria-pressed={open && view === id}
          onClick={() => actions.layout.toggleSidebar(id)}
        />
      ))}
      <span className="rail__space" />
      <IconButton
        className="rail__button"
        size={20}
        icon={Settings}
        label="Settings"
        shortcut={settingsKeys}
        onClick={() => runCommand(ide, "view.settings")}
      />
    </nav>
  );
}
