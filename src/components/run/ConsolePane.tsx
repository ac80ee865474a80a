import { CircleCheck, CircleX, Lightbulb, Play, X } from "lucide-react";
import { useMemo } from "react";
import { canEdit, isUnreached } from "#store/control.ts";
import { useActions, useIde, useIdeContext, useNow, useShortcut } from "#store/hooks.tsx";
import { otherPerson } from "#store/presence.ts";
import { formatDuration, runDurationMs } from "#store/run.ts";
import { followedLine } from "#store/ui/follow.ts";
import { CONSOLE_PANE } from "#store/ui/panes.ts";
import { isDark } from "#store/ui/settings.ts";
import { Empty } from "../ui/Empty.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Keys } from "../ui/Keys.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import { TerminalView } from "../ui/terminal/TerminalView.tsx";
import type { TerminalSource } from "../ui/terminal/xtermBinding.ts";
import "./ConsolePane.css";

/** The room's one console: what the program writes, what it reads, and how it ended. */
export function ConsolePane() {
  const { client } = useIdeContext();
  const actions = useActions();
  const run = useIde((state) => state.run);
  const settings = useIde((state) => state.settings);
  const mayRun = useIde((state) => canEdit(state.control));
  const unreached = useIde((state) => isUnreached(state.control));
  const sizedBy = useIde(({ presence, control }) => otherPerson(presence, control.self?.session));
  const line = useIde(({ presence }) => followedLine(presence, CONSOLE_PANE));
  const shortcut = useShortcut("run.start");
  const source = useMemo<TerminalSource>(
    () => ({
      onOutput: (listener) => client.run.onOutput("run", listener),
      input: (text) => client.run.input("run", text),
      resize: (cols, rows) => client.run.resize("run", cols, rows),
    }),
    [client],
  );
  const isFresh = !run.running && run.startedAtMs === undefined && run.command.length === 0;
  return (
    <div className="console">
      {!isFresh && <RunLine />}
      {!isFresh && (
        <TerminalView
          label="Console"
          source={source}
          isDark={isDark(settings)}
          fontSizePx={settings.terminalFontPx}
          readOnly={!mayRun}
          sizedBy={sizedBy}
          onOpenFile={(path, line = 1, column = 1) => actions.openPlace(path, line, column)}
          back={line === undefined ? undefined : line - 1}
          onScrollBack={(lines) => actions.presence.scrolled(CONSOLE_PANE, lines + 1)}
          onMount={(terminal) => actions.editors.registerPane(CONSOLE_PANE, terminal)}
        />
      )}
      {run.hint !== undefined && (
        <p className="console__hint" role="status">
          <Lightbulb size={14} aria-hidden />
          <span>{run.hint}</span>
          <IconButton
            icon={X}
            label="Dismiss"
            size={14}
            onClick={() => actions.run.dismissHint()}
          />
        </p>
      )}
      {isFresh && (
        <div className="console__empty">
          {unreached ? (
            <NotConnected detail="What runs comes with the connection." />
          ) : (
            <Empty
              icon={Play}
              title="Nothing has run yet"
              detail={
                <>
                  {mayRun && (
                    <>
                      Press Run
                      {shortcut !== undefined && (
                        <>
                          {" "}
                          or <Keys keys={shortcut} />
                        </>
                      )}
                      .{" "}
                    </>
                  )}
                  Output of everyone’s runs appears here.
                </>
              }
            />
          )}
        </div>
      )}
    </div>
  );
}

/** What runs, since when, and how it ended; never by colour alone. How long it took, it has written. */
function RunLine() {
  const run = useIde((state) => state.run);
  const nowMs = useNow(100, run.running);
  const ms = runDurationMs(run, nowMs);
  const command = run.command.join(" ");
  const failed = run.exitCode !== undefined && run.exitCode !== 0;
  return (
    <div className="console__line" data-failed={failed} role="status">
      {run.running && <span className="console__pulse" aria-hidden />}
      {!run.running && run.exitCode !== undefined && (
        <>{failed ? <CircleX size={14} aria-hidden /> : <CircleCheck size={14} aria-hidden />}</>
      )}
      <code className="console__command" title={run.reason}>
        {command === "" ? "Program" : command}
      </code>
      <span className="console__end">
        {run.running && "running"}
        {!run.running && run.exitCode !== undefined && `exited with ${run.exitCode}`}
        {!run.running && run.exitCode === undefined && "stopped"}
        {run.running && ms !== undefined && ` · ${formatDuration(ms)}`}
      </span>
      {run.failure !== undefined && <span className="console__failure">{run.failure}</span>}
    </div>
  );
}
