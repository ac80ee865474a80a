import { useCallback, useMemo, useRef, useState, type CSSProperties } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { drawnDock, phonePane, type LayoutState } from "#store/ui/layout.ts";
import {
  findGroup,
  groupOf,
  groupsOf,
  layOut,
  type DockNode,
  type Geometry,
  type Rect,
} from "#store/ui/dock.ts";
import { DragHandle } from "../ui/DragHandle.tsx";
import "./Dock.css";
import { EmptyGroup } from "./EmptyGroup.tsx";
import { DockPanel } from "./DockPanel.tsx";
import { DRAG_THRESHOLD_PX, dropPlace, type DockDrag } from "./dockDrag.ts";
import { paneTitle } from "./paneTitle.ts";
import { TabStrip } from "./TabStrip.tsx";
import { useFollowedGroups } from "./useFollowedGroups.ts";

const GAP_PX = 4;

/** The panes: groups of tabs that share the room by a tree of splits. */
export function Dock() {
  const actions = useActions();
  const layout = useIde((state) => state.layout);
  const [size, setSize] = useState({ width: 0, height: 0, tabsHeight: 36 });
  const [drag, setDrag] = useState<DockDrag>();
  const press = useRef<{ readonly pane: string; readonly x: number; readonly y: number }>(
    undefined,
  );
  const element = useRef<HTMLDivElement>(null);
  const followed = useFollowedGroups();

  const measure = useCallback((dock: HTMLDivElement | null) => {
    element.current = dock;
    if (dock === null) return undefined;
    const observer = new ResizeObserver(() =>
      setSize({
        width: dock.clientWidth,
        height: dock.clientHeight,
        tabsHeight: pixels(dock, "--tabs-height"),
      }),
    );
    observer.observe(dock);
    return () => observer.disconnect();
  }, []);

  const { tree, geometry } = useMemo(() => place(layout, size), [layout, size]);
  const { tabsHeight } = size;
  // In an order that does not depend on the arrangement: a moved node would load anew.
  const panels = groupsOf(layout.dock)
    .flatMap(({ panes }) => panes)
    .toSorted();

  const dragTo = (clientX: number, clientY: number) => {
    const start = press.current;
    const dock = element.current;
    if (start === undefined || dock === null) return;
    const far = Math.hypot(clientX - start.x, clientY - start.y) >= DRAG_THRESHOLD_PX;
    if (drag === undefined && !far) return;
    const origin = dock.getBoundingClientRect();
    const [x, y] = [clientX - origin.left, clientY - origin.top];
    const drop = dropPlace(geometry, x, y, tabsHeight, (id) => tabMiddles(dock, id, origin.left));
    setDrag({ pane: start.pane, place: drop?.place, target: drop?.target, x: clientX, y: clientY });
  };
  const endDrag = (dropped: boolean) => {
    if (dropped && drag?.place !== undefined) actions.layout.place(drag.pane, drag.place);
    // A tab that is pressed shows its pane, and whoever presses it wants to go on there.
    const pane = press.current?.pane;
    if (dropped && pane !== undefined) actions.editors.focus(pane);
    press.current = undefined;
    setDrag(undefined);
  };

  return (
    <div ref={measure} className={drag === undefined ? "dock" : "dock dock--dragging"}>
      {groupsOf(tree).map((group) => {
        const rect = geometry.rects.get(group.id);
        if (rect === undefined) return null;
        const color = followed.get(group.id);
        return (
          <section
            key={group.id}
            className={
              color === undefined ? "dock__group card" : "dock__group dock__group--followed card"
            }
            style={{ ...box(rect), "--person": `var(--person-${color})` } as CSSProperties}
            aria-label={group.active === undefined ? "Empty" : paneTitle(group.active).title}
          >
            <TabStrip
              group={group}
              focused={group.id === layout.activeGroup}
              onPress={(pane, event) => {
                press.current = { pane, x: event.clientX, y: event.clientY };
              }}
              onDrag={(event) => dragTo(event.clientX, event.clientY)}
              onDrop={endDrag}
            />
            {group.panes.length === 0 && <EmptyGroup />}
          </section>
        );
      })}
      {panels.map((pane) => {
        const group = groupOf(tree, pane);
        const rect = group === undefined ? undefined : geometry.rects.get(group.id);
        return (
          <DockPanel
            key={pane}
            pane={pane}
            shown={rect !== undefined && group?.active === pane}
            rect={rect === undefined ? undefined : inside(rect, tabsHeight)}
            focused={group?.id === layout.activeGroup}
          />
        );
      })}
      {geometry.sashes.map((sash) => (
        <div key={`${sash.splitId}:${sash.index}`} className="dock__sash" style={box(sash.rect)}>
          <DragHandle
            direction={sash.direction}
            label="Size of the panes"
            value={sash.position * 100}
            style={sash.direction === "row" ? { height: "100%" } : { width: "100%" }}
            onMove={(deltaPx) =>
              actions.layout.moveSash(sash.splitId, sash.index, deltaPx / Math.max(1, sash.span))
            }
            onReset={() => actions.layout.equalise(sash.splitId)}
          />
        </div>
      ))}
      {drag?.target !== undefined && <div className="dock__target" style={box(drag.target)} />}
      {drag !== undefined && (
        <div className="dock__ghost" style={{ left: drag.x, top: drag.y }}>
          {paneTitle(drag.pane).title}
        </div>
      )}
    </div>
  );
}

/** The groups that are in sight, and where. */
function place(
  layout: LayoutState,
  size: { readonly width: number; readonly height: number },
): { readonly tree: DockNode; readonly geometry: Geometry } {
  const area = { x: 0, y: 0, width: size.width, height: size.height };
  const tree = drawnDock(layout);
  const only =
    layout.room === "phone"
      ? (groupOf(tree, phonePane(layout) ?? "") ??
        (layout.phoneTab === "code" ? findGroup(tree, "home") : undefined))
      : layout.maximised === undefined
        ? undefined
        : findGroup(tree, layout.maximised);
  const elsewhere =
    layout.room === "phone" && layout.phoneTab !== "code" && layout.phoneTab !== "run";
  if (elsewhere) return { tree, geometry: { rects: new Map(), sashes: [] } };
  return { tree, geometry: layOut(only ?? tree, area, GAP_PX) };
}

function box({ x, y, width, height }: Rect): CSSProperties {
  return { left: x, top: y, width, height };
}

/** The part of a card below its tabs and within its border. */
function inside({ x, y, width, height }: Rect, tabsHeight: number): Rect {
  return { x: x + 1, y: y + tabsHeight + 1, width: width - 2, height: height - tabsHeight - 2 };
}

function pixels(element: HTMLElement, property: string): number {
  return Number.parseFloat(getComputedStyle(element).getPropertyValue(property)) || 0;
}

function tabMiddles(dock: HTMLElement, groupId: string, left: number): readonly number[] {
  const tabs = dock.querySelectorAll(`[data-group="${CSS.escape(groupId)}"] [role="tab"]`);
  return [...tabs].map((tab) => {
    const rect = tab.getBoundingClientRect();
    return rect.left + rect.width / 2 - left;
  });
}
