import { useState } from "react";
import { canInvite } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { roleLabels } from "../ui/roleLabels.ts";
import { Button } from "../ui/Button.tsx";

/** An empty room's way to be less empty. */
export function Alone() {
  const actions = useActions();
  const links = useIde((state) => state.invites.links);
  const mayInvite = useIde((state) => canInvite(state.control));
  const [role, setRole] = useState<keyof typeof roleLabels>("editor");
  if (!mayInvite) return <p className="people__alone">Only you are here now.</p>;
  const copy = async () => {
    await actions.invites.load();
    actions.inviteByLink(role);
  };
  return (
    <div className="people__alone">
      <span>Only you are here. Send someone a link:</span>
      <div className="people__invite">
        <select
          className="field"
          value={role}
          aria-label="What they may do"
          onChange={(event) => setRole(event.target.value as keyof typeof roleLabels)}
        >
          {(["editor", "viewer"] as const).map((value) => (
            <option key={value} value={value}>
              {roleLabels[value]}
            </option>
          ))}
        </select>
        <Button look="primary" disabled={links?.length === 0} onClick={() => void copy()}>
          Copy link
        </Button>
      </div>
    </div>
  );
}
