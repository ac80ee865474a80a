import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import "./Empty.css";

interface EmptyProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly detail?: ReactNode;
  /** Buttons: what can be done about the emptiness. */
  readonly children?: ReactNode;
}

/** What a pane shows that has nothing yet: what will be here, and what to do for it. */
export function Empty({ icon: Icon, title, detail, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty__icon">
        <Icon size={20} strokeWidth={1.5} aria-hidden />
      </span>
      <p className="empty__title">{title}</p>
      {detail !== undefined && <div className="empty__detail">{detail}</div>}
      {children !== undefined && <div className="empty__actions">{children}</div>}
    </div>
  );
}
