import { Code, Ellipsis, Files, Play, Users } from "lucide-react";
import { canEdit } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { unreadComments } from "#store/ui/comments.ts";
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
  const messages = useIde((state) => state.chat.unread);
  const comments = useIde((state) => unreadComments(state.comments, state.metadata.threads));
  const badges: Readonly<Record<string, { readonly count: number; readonly of: string }>> = {
    people: { count: messages, of: "messages" },
    more: { count: comments, of: "comments" },
  };
  // Keys are of no use to whoever may only look.
  const typing = useIde(({ layout, control }) => layout.typing && canEdit(control));
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
          onClick={() => (id === "files" ? layout.showSidebar(id) : layout.showPhoneTab(id))}
        >
          <Icon size={22} strokeWidth={1.75} aria-hidden />
          {label}
          <Badge {...badges[id]} />
        </button>
      ))}
    </nav>
  );
}

function Badge({ count = 0, of = "" }: { readonly count?: number; readonly of?: string }) {
  if (count === 0) return null;
  return (
    <span className="phone-bar__badge" aria-label={`${count} unread ${of}`}>
      {count}
    </span>
  );
}
