import { X } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { shownNotice } from "#store/ui/notifications.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { NoticeIcon } from "./NoticeIcon.tsx";
import "./Toasts.css";

/** One notice after another, for a few seconds or as long as someone looks at it. */
export function Toasts() {
  const { notifications } = useActions();
  const shown = useIde((state) => shownNotice(state.notifications));
  const waiting = useIde(
    (state) => state.notifications.list.filter(({ stage }) => stage === "waiting").length,
  );
  return (
    <section
      className="toasts"
      aria-label="Notices"
      data-region={shown === undefined ? undefined : "notices"}
      onPointerEnter={() => notifications.hold(true)}
      onPointerLeave={() => notifications.hold(false)}
      onFocus={() => notifications.hold(true)}
      onBlur={() => notifications.hold(false)}
    >
      {shown !== undefined && (
        <div
          key={shown.id}
          className="toast"
          onKeyDown={(event) => event.key === "Escape" && notifications.dismiss(shown.id)}
        >
          <NoticeIcon tone={shown.tone} />
          <p className="toast__text">{shown.text}</p>
          {waiting > 0 && <span className="toast__more">+{waiting}</span>}
          {shown.actionLabel !== undefined && (
            <Button small onClick={() => notifications.act(shown.id)}>
              {shown.actionLabel}
            </Button>
          )}
          <IconButton
            icon={X}
            size={14}
            label="Close"
            onClick={() => notifications.dismiss(shown.id)}
          />
        </div>
      )}
    </section>
  );
}
