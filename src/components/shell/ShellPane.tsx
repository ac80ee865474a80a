import { useEffect, useMemo } from "react";
import { canEdit } from "#store/control.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { otherPerson } from "#store/presence.ts";
import { shellTitle } from "#store/shell.ts";
import { followedLine } from "#store/ui/follow.ts";
import { shellPane } from "#store/ui/panes.ts";
import { isDark } from "#store/ui/settings.ts";
import { TriangleAlert } from "lucide-react";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { TerminalView } from "../ui/terminal/TerminalView.tsx";
import type { TerminalSource } from "../ui/terminal/xtermBinding.ts";
import "./ShellPane.css";

interface ShellPaneProps {
  readonly name: string;
}

/** A shell of the container: the channel of its name, with everyone who has it open. */
export function ShellPane({ name }: ShellPaneProps) {
  const { client } = useIdeContext();
  const actions = useActions();
  const status = useIde((state) => state.shell.shells[name]);
  const settings = useIde((state) => state.settings);
  const readOnly = !useIde((state) => canEdit(state.control));
  const sizedBy = useIde(({ presence, control }) => otherPerson(presence, control.self?.session));
  const line = useIde(({ presence }) => followedLine(presence, shellPane(name)));
  useEffect(() => client.shell.open(name), [client, name]);
  const source = useMemo<TerminalSource>(
    () => ({
      onOutput: (listener) => client.shell.onOutput(name, listener),
      input: (text) => client.shell.input(name, text),
      resize: (cols, rows) => client.shell.resize(name, cols, rows),
    }),
    [client, name],
  );
  if (status?.kind === "failed") {
    return (
      <Empty icon={TriangleAlert} title="This terminal could not be opened" detail={status.message}>
        <Button onClick={() => client.shell.open(name)}>Try again</Button>
      </Empty>
    );
  }
  return (
    <div className="shell">
      <TerminalView
        label={shellTitle(name)}
        source={source}
        isDark={isDark(settings)}
        fontSizePx={settings.terminalFontPx}
        readOnly={readOnly}
        sizedBy={sizedBy}
        back={line === undefined ? undefined : line - 1}
        onScrollBack={(lines) => actions.presence.scrolled(shellPane(name), lines + 1)}
        onMount={(terminal) => actions.editors.registerPane(shellPane(name), terminal)}
        onOpenFile={(path, line = 1, column = 1) => actions.openPlace(path, line, column)}
      />
      {readOnly && <p className="shell__note">You are watching: a viewer cannot type here.</p>}
    </div>
  );
}
