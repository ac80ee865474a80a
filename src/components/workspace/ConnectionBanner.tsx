import { PlugZap, WifiOff } from "lucide-react";
import { describeConnection, isLive, isOffline, SILENT_BREAK_MS } from "#store/control.ts";
import { useActions, useIde, useNow } from "#store/hooks.tsx";
import { describeUnsent, unsentEdits } from "#store/ot.ts";
import { Button } from "../ui/Button.tsx";
import "./ConnectionBanner.css";

/** What a lost connection means for what one is doing. Short breaks are not mentioned. */
export function ConnectionBanner() {
  const actions = useActions();
  const control = useIde((state) => state.control);
  const keeps = useIde((state) => state.ot.journalProblem === undefined);
  const unsent = useIde((state) => unsentEdits(state.ot));
  const ended = control.connection.kind === "ended";
  const lost = !isLive(control) && (control.everConnected || ended || isOffline(control));
  const now = useNow(500, lost);
  const silent = control.lostAtMs !== undefined && now - control.lostAtMs < SILENT_BREAK_MS;
  if (!lost || (silent && !ended)) return null;
  const { label, detail, next } = describeConnection(control, now, keeps);
  const Icon = ended ? PlugZap : WifiOff;
  return (
    <div className={ended ? "banner banner--bad" : "banner"}>
      <Icon size={14} strokeWidth={1.75} aria-hidden />
      <span role="status">
        <span className="banner__label">{label}</span>{" "}
        <span className="banner__detail">
          {(ended || unsent === 0) && detail}
          {unsent > 0 &&
            ` ${describeUnsent(unsent)}, ${keeps ? "kept in this browser" : "in this tab only: keep it open"}.`}
        </span>
      </span>
      {next !== undefined && <span className="banner__next">{next}</span>}
      {ended ? (
        <Button small onClick={() => window.location.reload()}>
          Reload
        </Button>
      ) : (
        <Button small onClick={() => actions.control.retryNow()}>
          Retry
        </Button>
      )}
    </div>
  );
}
