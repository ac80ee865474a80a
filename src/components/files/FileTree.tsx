import { useState, type DragEvent, type KeyboardEvent } from "react";
import { canEdit } from "#store/control.ts";
import { fileRows, targetDirectory, topSelected, type FileRow } from "#store/files.ts";
import { parentOf } from "#store/files/paths.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { participants, peopleByFile } from "#store/presence.ts";
import { activeFile } from "#store/ui/layout.ts";
import { Menu } from "../ui/Menu.tsx";
import type { Anchor } from "../ui/placement.ts";
import { useVisibleRange } from "../ui/useVisibleRange.ts";
import { droppedItems, TREE_DRAG, treePaths } from "./drop.ts";
import { menuFor, removeFiles, report } from "./fileCommands.ts";
import { NameRow } from "./NameRow.tsx";
import { TreeRow } from "./TreeRow.tsx";
import { keyStep, withNaming } from "./treeKeys.ts";

/** The tree: only the rows in sight are drawn, and one of them has the keyboard. */
export function FileTree() {
  const ide = useIdeContext();
  const actions = useActions();
  const files = useIde((state) => state.files);
  const shownFile = useIde((state) => activeFile(state.layout));
  const editable = useIde((state) => canEdit(state.control));
  const people = useIde((state) =>
    peopleByFile(participants(state.presence, state.control.self?.session)),
  );
  const [menu, setMenu] = useState<{ readonly anchor: Anchor; readonly path: string }>();
  const [drop, setDrop] = useState<string>();
  const rows = fileRows(files);
  const lines = withNaming(rows, files.naming);
  const { rowHeight, first, last, onScroll, scrollTo, element, measure } = useVisibleRange(
    lines.length,
  );
  const focusedIndex = Math.max(
    0,
    rows.findIndex(({ path }) => path === files.focused),
  );

  const open = (row: FileRow, focus: boolean) => {
    if (row.kind === "directory") return actions.files.toggle(row.path);
    actions.layout.openFile(row.path);
    if (focus) actions.editors.focus(`file:${row.path}`);
  };

  const handleKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const row = rows[focusedIndex];
    const mod = event.ctrlKey || event.metaKey;
    const step = keyStep(event.key, rows, focusedIndex);
    if (step?.kind === "go" && !event.altKey) {
      const target = rows[step.index];
      if (target === undefined) return;
      actions.files.select(target.path, event.shiftKey ? "range" : "only");
      scrollTo(step.index);
      focusRow(element.current, target.path);
    } else if (step?.kind === "toggle") {
      if (row !== undefined) actions.files.toggle(row.path, step.expanded);
    } else if (row === undefined) {
      return;
    } else if (event.key === "Enter" && !mod) {
      open(row, true);
    } else if (event.key === " ") {
      if (mod) actions.files.select(row.path, "toggle");
      else open(row, false);
    } else if (event.key === "F2" && editable) {
      actions.files.startNaming({ kind: "rename", path: row.path });
    } else if ((event.key === "Delete" || (mod && event.key === "Backspace")) && editable) {
      void removeFiles(ide, files.selected.has(row.path) ? topSelected(files) : [row.path]);
    } else if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      const place = document.activeElement?.getBoundingClientRect();
      if (place !== undefined) setMenu({ anchor: place, path: row.path });
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const dropInto = async (event: DragEvent, directory: string) => {
    event.preventDefault();
    event.stopPropagation();
    setDrop(undefined);
    if (!editable) return;
    const own = treePaths(event.dataTransfer);
    if (own.length === 0) {
      const items = await droppedItems(event.dataTransfer);
      return report(ide, await actions.files.upload(directory, items));
    }
    if (isCopy(event)) report(ide, await actions.files.copy(own, directory), "Copied.");
    else report(ide, await actions.files.moveInto(own, directory), "Moved.");
  };
  const allowDrop = (event: DragEvent, directory: string) => {
    if (!editable) return;
    event.preventDefault();
    event.stopPropagation();
    const isMove = event.dataTransfer.types.includes(TREE_DRAG) && !isCopy(event);
    event.dataTransfer.dropEffect = isMove ? "move" : "copy";
    if (drop !== directory) setDrop(directory);
  };

  return (
    <div
      ref={measure}
      className="files__tree"
      data-drop={drop === "."}
      onScroll={onScroll}
      onDragOver={(event) => allowDrop(event, ".")}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDrop(undefined);
      }}
      onDrop={(event) => void dropInto(event, ".")}
    >
      <div
        className="files__rows"
        style={{ height: lines.length * rowHeight }}
        role="tree"
        aria-label="Files"
        aria-multiselectable
        onKeyDown={handleKey}
      >
        {lines.slice(first, last).map((line, offset) => {
          const top = (first + offset) * rowHeight;
          if (line.kind === "naming") {
            return <NameRow key="naming" naming={line.naming} depth={line.depth} top={top} />;
          }
          const { row } = line;
          const into = row.kind === "directory" ? row.path : parentOf(row.path);
          return (
            <TreeRow
              key={row.path}
              row={row}
              top={top}
              selected={files.selected.has(row.path)}
              focusable={row.path === rows[focusedIndex]?.path}
              shown={row.path === shownFile}
              dropTarget={drop === row.path && row.kind === "directory"}
              people={people.get(row.path) ?? []}
              draggable={editable}
              onClick={(event) => {
                const mode = event.shiftKey
                  ? "range"
                  : event.ctrlKey || event.metaKey
                    ? "toggle"
                    : "only";
                actions.files.select(row.path, mode);
                if (mode === "only") open(row, false);
              }}
              onDoubleClick={() => row.kind === "file" && open(row, true)}
              onContextMenu={(event) => {
                event.preventDefault();
                if (!files.selected.has(row.path)) actions.files.select(row.path, "only");
                setMenu({ anchor: { x: event.clientX, y: event.clientY }, path: row.path });
              }}
              onDragStart={(event) => {
                const paths = files.selected.has(row.path) ? topSelected(files) : [row.path];
                event.dataTransfer.setData(TREE_DRAG, JSON.stringify(paths));
                event.dataTransfer.setData("text/plain", paths.join("\n"));
                event.dataTransfer.effectAllowed = "copyMove";
              }}
              onDragOver={(event) => allowDrop(event, into)}
              onDrop={(event) => void dropInto(event, into)}
            />
          );
        })}
      </div>
      {menu !== undefined && (
        <Menu
          label="File"
          anchor={menu.anchor}
          items={menuFor(ide, menu.path, targetDirectory(files))}
          onClose={() => setMenu(undefined)}
        />
      )}
    </div>
  );
}

/** Whether a drag copies: with Ctrl, or Option on a Mac, as file managers do. */
function isCopy({ ctrlKey, altKey }: DragEvent): boolean {
  return ctrlKey || altKey;
}

/** The row is drawn by then: rows near the edge of sight are drawn ahead. */
function focusRow(tree: HTMLElement | null, path: string): void {
  requestAnimationFrame(() =>
    tree?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`)?.focus(),
  );
}
