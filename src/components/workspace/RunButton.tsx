import { Play, Square } from "lucide-react";
import { canEdit, isLive } from "#store/control.ts";
import { useIde, useIdeContext, useNow, useShortcut } from "#store/hooks.tsx";
import { formatDuration, runDurationMs } from "#store/run.ts";
import { runCommand } from "#store/ui/commands.ts";
import "./RunButton.css";

/** Run, or Stop with the time that it has been running: the same for everyone in the room. */
export function RunButton({ floating = false }: { readonly floating?: boolean }) {
  const ide = useIdeContext();
  const run = useIde((state) => state.run);
  const possible = useIde((state) => isLive(state.control) && canEdit(state.control));
  const now = useNow(1_000, run.running);
  const duration = run.running ? runDurationMs(run, now) : undefined;
  const command = run.running ? "run.stop" : "run.start";
  const shortcut = useShortcut(command);
  const Icon = run.running ? Square : Play;
  const label = run.running ? "Stop" : "Run";
  const looks = [run.running && "run-button--running", floating && "run-button--floating"];
  return (
    <button
      type="button"
      className={["run-button", ...looks].filter(Boolean).join(" ")}
      disabled={!possible || run.asked !== undefined}
      aria-label={label}
      data-tip={run.running ? "Stop the program" : "Run the project"}
      data-keys={shortcut}
      onClick={() => runCommand(ide, command)}
    >
      <Icon size={floating ? 22 : 14} fill="currentColor" strokeWidth={1.75} aria-hidden />
      {!floating && label}
      {!floating && duration !== undefined && duration >= 1_000 && (
        <span className="run-button__time">
          {formatDuration(Math.floor(duration / 1_000) * 1_000)}
        </span>
      )}
    </button>
  );
}
