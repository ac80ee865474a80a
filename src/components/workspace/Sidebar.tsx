import type { CSSProperties } from "react";
import { useActions, useIde } from "#store/hooks.tsx";
import { Boundary } from "../ui/Boundary.tsx";
import { DragHandle } from "../ui/DragHandle.tsx";
import "./Sidebar.css";
import { SidebarPane } from "./SidebarPane.tsx";

const titles = {
  files: "Files",
  search: "Search",
  comments: "Comments",
  people: "People",
} as const;

/** The card beside the rail: files, search, comments or people. Where there is no room it lies over the rest. */
export function Sidebar() {
  const actions = useActions();
  const { open, view, widthPx } = useIde((state) => state.layout.sidebar);
  const over = useIde((state) => state.layout.room === "narrow");
  if (!open) return null;
  return (
    <>
      <aside
        className={over ? "sidebar sidebar--over card" : "sidebar card"}
        style={{ "--sidebar-width": `${widthPx}px` } as CSSProperties}
        aria-label={titles[view]}
        data-region="sidebar"
      >
        <Boundary key={view} name="The sidebar">
          <SidebarPane view={view} />
        </Boundary>
      </aside>
      {!over && (
        <DragHandle
          direction="row"
          label="Width of the sidebar"
          value={widthPx}
          onMove={(deltaPx) => actions.layout.resizeSidebar(deltaPx)}
          onReset={() => actions.layout.resizeSidebar()}
        />
      )}
    </>
  );
}
