import { X } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { NoticeIcon } from "./NoticeIcon.tsx";
import "./Toasts.css";

/** The latest notices, for a few seconds or as long as someone looks at them. */
export function Toasts() {
  const { notifications } = useActions();
  const list = useIde((state) => state.notifications.list);
  const shown = list.filter((notification) => notification.shown).toReversed();
  return (
    <section
      className="toasts"
      aria-label="Notices"
      data-region={shown.length > 0 ? "notices" : undefined}
      onPointerEnter={() => notifications.hold(true)}
      onPointerLeave={() => notifications.hold(false)}
      onFocus={() => notifications.hold(true)}
      onBlur={() => notifications.hold(false)}
    >
      {shown.map(({ id, tone, text, actionLabel }) => (
        <div
          key={id}
          className="toast"
          onKeyDown={(event) => event.key === "Escape" && notifications.dismiss(id)}
        >
          <NoticeIcon tone={tone} />
          <p className="toast__text">{text}</p>
          {actionLabel !== undefined && (
            <Button small onClick={() => notifications.act(id)}>
              {actionLabel}
            </Button>
          )}
          <IconButton icon={X} size={14} label="Close" onClick={() => notifications.dismiss(id)} />
        </div>
      ))}
    </section>
  );
}
