import { BellOff } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Empty.tsx";
import { NoticeIcon } from "./NoticeIcon.tsx";
import "./NotificationsDialog.css";

/** Everything that was told, latest first. */
export function NotificationsDialog({ onClose }: { readonly onClose: () => void }) {
  const { notifications } = useActions();
  const list = useIde((state) => state.notifications.list);
  const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
  return (
    <Dialog title="Notifications" onClose={onClose}>
      {list.length === 0 ? (
        <Empty
          icon={BellOff}
          title="No notifications"
          detail="What happened while you looked elsewhere stays here until the page is closed."
        />
      ) : (
        <>
          <ul className="notice-list">
            {list.map(({ id, tone, text, atMs, actionLabel }) => (
              <li key={id} className="notice-list__item">
                <NoticeIcon tone={tone} />
                <p>{text}</p>
                {actionLabel !== undefined && (
                  <Button
                    small
                    onClick={() => {
                      onClose();
                      notifications.act(id);
                    }}
                  >
                    {actionLabel}
                  </Button>
                )}
                <time dateTime={new Date(atMs).toISOString()}>{time.format(atMs)}</time>
              </li>
            ))}
          </ul>
          <div className="dialog__actions">
            <Button onClick={() => notifications.clear()}>Clear the list</Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
