import { Columns2, Maximize2, Minimize2, Plus } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";
import { useActions, useIde, useIdeContext, useShortcut } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import type { DockGroup } from "#store/ui/dock.ts";
import { fileOfPane, parsePane } from "#store/ui/panes.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { folderHints } from "./paneTitle.ts";
import { Tab } from "./Tab.tsx";
import "./TabStrip.css";

interface TabStripProps {
  readonly group: DockGroup;
  readonly focused: boolean;
  readonly onPress: (pane: string, event: PointerEvent) => void;
  readonly onDrag: (event: PointerEvent) => void;
  readonly onDrop: (dropped: boolean) => void;
}

/** The tabs of a group, and what can be done with the group. */
export function TabStrip({ group, focused, onPress, onDrag, onDrop }: TabStripProps) {
  const ide = useIdeContext();
  const actions = useActions();
  const maximised = useIde((state) => state.layout.maximised === group.id);
  const phone = useIde((state) => state.layout.room === "phone");
  const newShellKeys = useShortcut("terminal.new");
  const splitKeys = useShortcut("view.split-right");
  const maximiseKeys = useShortcut("view.maximise");
  const hints = folderHints(group.panes);
  const active = group.active;
  const hasShells = group.panes.some((pane) => parsePane(pane)?.kind === "shell");

  const handleKey = (event: KeyboardEvent<HTMLElement>) => {
    const tabs = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')];
    const at = tabs.indexOf(event.target as HTMLElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = steps[event.key];
    const pane = group.panes[to === undefined ? at : (to + tabs.length) % tabs.length];
    if (pane === undefined) return;
    if (to !== undefined) {
      actions.layout.show(pane);
      tabs[(to + tabs.length) % tabs.length]?.focus();
    } else if (event.key === "Delete") {
      actions.layout.close([pane]);
    } else if (event.key === "Enter" || event.key === " " || event.key === "ArrowDown") {
      actions.layout.show(pane);
      actions.editors.focus(pane);
    } else {
      return;
    }
    event.preventDefault();
  };

  return (
    <div
      className={focused ? "tab-strip tab-strip--focused" : "tab-strip"}
      data-group={group.id}
      onDoubleClick={(event) => {
        if (event.target === event.currentTarget.firstChild) {
          actions.layout.toggleMaximised(group.id);
        }
      }}
    >
      <div
        className="tab-strip__tabs"
        role="tablist"
        onKeyDown={handleKey}
        onWheel={(event) => {
          if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY;
        }}
      >
        {group.panes.map((pane) => (
          <Tab
            key={pane}
            pane={pane}
            active={pane === active}
            siblings={group.panes}
            folder={hints.get(pane)}
            onPress={onPress}
            onDrag={onDrag}
            onDrop={onDrop}
          />
        ))}
      </div>
      <div className="tab-strip__actions">
        {hasShells && (
          <IconButton
            icon={Plus}
            label="New terminal"
            shortcut={newShellKeys}
            onClick={() => {
              actions.layout.activateGroup(group.id);
              runCommand(ide, "terminal.new");
            }}
          />
        )}
        {!phone && fileOfPane(active) !== undefined && (
          <IconButton
            icon={Columns2}
            label="Split to the right"
            shortcut={splitKeys}
            onClick={() => active !== undefined && actions.layout.splitPane(active, "right")}
          />
        )}
        {!phone && (
          <IconButton
            icon={maximised ? Minimize2 : Maximize2}
            size={14}
            label={maximised ? "Restore" : "Maximise"}
            shortcut={maximiseKeys}
            aria-pressed={maximised}
            onClick={() => actions.layout.toggleMaximised(group.id)}
          />
        )}
      </div>
    </div>
  );
}
