import { Bell, BellDot, History } from "lucide-react";
import { useActions, useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import { activePane } from "#store/ui/layout.ts";
import { ConnectionStatus } from "./ConnectionStatus.tsx";
import { FollowStatus } from "./FollowStatus.tsx";
import { languageTitle } from "./languageTitle.ts";
import "./StatusBar.css";

/** The connection on the left, the active editor on the right. */
export function StatusBar() {
  const ide = useIdeContext();
  const actions = useActions();
  const editor = useIde((state) => state.editors.statuses[activePane(state.layout) ?? ""]);
  const tabLeaves = useIde((state) => state.editors.tabLeaves);
  const unseen = useIde((state) => state.notifications.unseen);
  const tabKeys = useShortcut("edit.tab-leaves");
  const historyKeys = useShortcut("file.history");
  const lineKeys = useShortcut("go.line");
  return (
    <footer className="status-bar" data-region="status">
      <ConnectionStatus />
      <FollowStatus />
      <span className="status-bar__space" />
      {editor !== undefined && (
        <>
          <button
            type="button"
            className="status-bar__item"
            data-tip="Go to line"
            data-keys={lineKeys}
            onClick={() => runCommand(ide, "go.line")}
          >
            {editor.line}:{editor.column}
            {editor.carets > 1
              ? ` (${editor.carets} carets)`
              : editor.selectedChars > 0 && ` (${editor.selectedChars} selected)`}
          </button>
          <button
            type="button"
            className="status-bar__item"
            data-tip={
              tabLeaves
                ? "The Tab key moves the focus. Switch to let it indent."
                : "The Tab key indents. Switch to let it move the focus out of the editor."
            }
            data-keys={tabKeys}
            onClick={() => actions.editors.setTabLeaves(!tabLeaves)}
          >
            {tabLeaves ? "Tab moves focus" : `Tab indents · ${tabKeys}`}
          </button>
          <span className="status-bar__optional">
            {editor.indentation !== "" && (
              <span className="status-bar__item">{editor.indentation}</span>
            )}
            <span className="status-bar__item">UTF-8</span>
            <span className="status-bar__item">{editor.eol}</span>
          </span>
          <span className="status-bar__item">{languageTitle(editor.language)}</span>
          <button
            type="button"
            className="status-bar__item"
            aria-label="History of this file"
            data-tip="History of this file"
            data-keys={historyKeys}
            onClick={() => runCommand(ide, "file.history")}
          >
            <History size={14} strokeWidth={1.75} aria-hidden />
          </button>
        </>
      )}
      <button
        type="button"
        className="status-bar__item"
        aria-label={unseen > 0 ? `Notifications (${unseen} new)` : "Notifications"}
        data-tip="Notifications"
        onClick={() => {
          actions.notifications.markSeen();
          runCommand(ide, "view.notifications");
        }}
      >
        {unseen > 0 ? (
          <BellDot size={14} strokeWidth={1.75} aria-hidden />
        ) : (
          <Bell size={14} strokeWidth={1.75} aria-hidden />
        )}
      </button>
    </footer>
  );
}
