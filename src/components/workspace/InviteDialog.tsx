import { Copy, UserPlus } from "lucide-react";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Empty.tsx";
import { roleDetails, roleLabels } from "../ui/roleLabels.ts";
import { Spinner } from "../ui/Spinner.tsx";
import "./InviteDialog.css";

/** A link for each role. Each can be selected by hand where the browser forbids copying. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const actions = useActions();
  const { links, failure } = useIde((state) => state.invites);
  return (
    <Dialog title="Invite people" widthPx={520} onClose={onClose}>
      {failure !== undefined && (
        <Empty icon={UserPlus} title="No links to give" detail={failure}>
          <Button onClick={() => void actions.invites.load()}>Try again</Button>
        </Empty>
      )}
      {failure === undefined && links === undefined && <Spinner />}
      {links?.map(({ role, url }) => (
        <div key={role} className="invite">
          <label className="invite__label" htmlFor={`invite-${role}`}>
            {roleLabels[role]}
            <span className="invite__detail">{roleDetails[role]}</span>
          </label>
          <div className="invite__row">
            <input
              id={`invite-${role}`}
              className="field invite__link"
              readOnly
              value={url}
              onFocus={(event) => event.target.select()}
            />
            <Button onClick={() => void actions.copy(url, "Invite link")}>
              <Copy size={14} strokeWidth={1.75} aria-hidden />
              Copy
            </Button>
          </div>
        </div>
      ))}
      {links !== undefined && (
        <p className="invite__note">
          Whoever has a link can come in with it, without an account, until the project is closed on
          this host.
        </p>
      )}
    </Dialog>
  );
}
