import { Code, Ellipsis, Files, Play, Users } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { KeyRow } from "./KeyRow.tsx";
import "./PhoneBar.css";

const tabs = [
  { id: "files", label: "Files", icon: Files },
  { id: "code", label: "Code", icon: Code },
  { id: "run", label: "Run", icon: Play },
  { id: "people", label: "People", icon: Users },
  { id: "more", label: "More", icon: Ellipsis },
] as const;

/** What a thumb reaches: one thing at a time. While one types, the keys that phones do not have. */
export function PhoneBar() {
  const { layout } = useActions();
  const current = useIde((state) => state.layout.phoneTab);
  const unread = useIde((state) => state.chat.unread);
  const typing = useIde((state) => state.layout.typing);
  if (typing) return <KeyRow />;
  return (
    <nav className="phone-bar" role="tablist" aria-label="Workspace" data-region="tabs">
      {tabs.map(({ id, label, icon: Icon }) => (
        <button
          key={id}
          type="button"
          className="phone-bar__tab"
          role="tab"
          aria-selected={id === current}
          onClick={() => layout.showPhoneTab(id)}
        >
          <Icon size={22} strokeWidth={1.75} aria-hidden />
          {label}
          {id === "people" && unread > 0 && (
            <span className="phone-bar__badge" aria-label={`${unread} unread messages`}>
              {unread}
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}
