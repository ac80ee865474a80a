import { PlugZap, WifiOff } from "lucide-react";
import { describeConnection, isLive, SILENT_BREAK_MS } from "#store/control.ts";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import { unsentEdits } from "#store/ot.ts";
import { Button } from "../ui/Button.tsx";
import "./ConnectionBanner.css";

/** What a lost connection means for what one is doing. Short breaks are not mentioned. */
export function ConnectionBanner() {
  const actions = useActions();
  const control = useIde((state) => state.control);
  const unsent = useIde((state) => unsentEdits(state.ot));
  const lost = !isLive(control) && (control.everConnected || control.connection.kind === "ended");
  const now = useNow(500, lost);
  const silent = control.lostAtMs !== undefined && now - control.lostAtMs < SILENT_BREAK_MS;
  const ended = control.connection.kind === "ended";
  if (!lost || (silent && !ended)) return null;
  const { label, detail } = describeConnection(control, now);
  const Icon = ended ? PlugZap : WifiOff;
  return (
    <div className={ended ? "banner banner--bad" : "banner"} role="status">
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <span className="banner__label">{label}</span>
      <span className="banner__detail">
        {ended || unsent === 0
          ? detail
          : `You can keep editing; ${unsent} ${unsent === 1 ? "edit" : "edits"} will be sent.`}
      </span>
      {ended ? (
        <Button small onClick={() => window.location.reload()}>
          Reload
        </Button>
      ) : (
        <Button small onClick={() => actions.control.retryNow()}>
          Now
        </Button>
      )}
    </div>
  );
}
