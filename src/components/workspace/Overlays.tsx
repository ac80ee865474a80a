import { lazy, Suspense } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { InviteDialog } from "./InviteDialog.tsx";
import { NotificationsDialog } from "./NotificationsDialog.tsx";
import { Palette } from "./Palette.tsx";
import { SettingsDialog } from "./SettingsDialog.tsx";
import { ShortcutsDialog } from "./ShortcutsDialog.tsx";

/** Comes with the editor, which is large. */
const MergeDialog = lazy(async () => {
  const { MergeDialog: component } = await import("../editor/MergeDialog.tsx");
  return { default: component };
});

const StrandedDialog = lazy(async () => {
  const { StrandedDialog: component } = await import("../editor/StrandedDialog.tsx");
  return { default: component };
});

/** The one thing that lies over the workspace, if any does. */
export function Overlays() {
  const { overlay } = useActions();
  const open = useIde((state) => state.overlay.open);
  const close = () => overlay.close();
  switch (open?.kind) {
    case undefined:
      return null;
    case "palette":
      return <Palette key={open.query} initialQuery={open.query} onClose={close} />;
    case "invite":
      return <InviteDialog onClose={close} />;
    case "settings":
      return <SettingsDialog onClose={close} />;
    case "shortcuts":
      return <ShortcutsDialog onClose={close} />;
    case "notifications":
      return <NotificationsDialog onClose={close} />;
    case "merge":
      return (
        <Suspense>
          <MergeDialog key={open.path} path={open.path} onClose={close} />
        </Suspense>
      );
    case "stranded":
      return (
        <Suspense>
          <StrandedDialog onClose={close} />
        </Suspense>
      );
    case "confirm":
      return <ConfirmDialog question={open.question} />;
    default:
      return open satisfies never;
  }
}
