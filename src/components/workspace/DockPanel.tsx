import { useState } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { groupOf, type Rect } from "#store/ui/dock.ts";
import { Boundary } from "../ui/Boundary.tsx";
import { FollowChips } from "./FollowChips.tsx";
import { PaneView } from "./PaneView.tsx";
import { panelId, paneTitle } from "./paneTitle.ts";

interface DockPanelProps {
  readonly pane: string;
  readonly shown: boolean;
  /** Undefined while its group is out of sight. */
  readonly rect: Rect | undefined;
  readonly focused: boolean;
}

/** The content of a tab. It begins when it is first shown, and from then on is kept. */
export function DockPanel({ pane, shown, rect, focused }: DockPanelProps) {
  const actions = useActions();
  const groupId = useIde((state) => groupOf(state.layout.dock, pane)?.id);
  const [begun, setBegun] = useState(shown);
  if (shown && !begun) setBegun(true);
  const { title } = paneTitle(pane);
  // What I do here is a reason not to be carried away by whom I follow.
  const wander = () => actions.presence.pauseFollowing(pane);
  // Focus alone would not do: it may be here already while another group was made the active one.
  const activate = () => groupId !== undefined && actions.layout.activateGroup(groupId);
  return (
    <>
      <div
        id={panelId(pane)}
        className="dock__panel"
        role="tabpanel"
        aria-label={title}
        data-shown={shown}
        data-region={shown ? (focused ? "pane" : `pane-${pane}`) : undefined}
        style={
          rect === undefined
            ? { width: 0, height: 0 }
            : { left: rect.x, top: rect.y, width: rect.width, height: rect.height }
        }
        onKeyDown={(event) => isOwnStep(event.key) && wander()}
        onPointerDown={wander}
        onWheel={wander}
        onFocusCapture={activate}
        onPointerDownCapture={activate}
      >
        {begun && (
          <Boundary name={title}>
            <PaneView id={pane} />
          </Boundary>
        )}
      </div>
      {shown && rect !== undefined && <FollowChips pane={pane} rect={rect} />}
    </>
  );
}

const modifiers = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]);

/** Whether a key does something by itself. */
function isOwnStep(key: string): boolean {
  return !modifiers.has(key);
}
