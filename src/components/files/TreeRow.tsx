import { ChevronRight, Folder, FolderOpen } from "lucide-react";
import type { CSSProperties, DragEvent, MouseEvent } from "react";
import type { FileRow } from "#store/files.ts";
import type { Participant } from "#store/presence.ts";
import { AvatarStack } from "../ui/AvatarStack.tsx";
import { FileIcon } from "../ui/FileIcon.tsx";
import { Spinner } from "../ui/Spinner.tsx";

interface TreeRowProps {
  readonly row: FileRow;
  readonly top: number;
  readonly selected: boolean;
  /** The one row that Tab goes to. */
  readonly focusable: boolean;
  /** Its text is what the editor shows. */
  readonly shown: boolean;
  readonly dropTarget: boolean;
  readonly people: readonly Participant[];
  readonly draggable: boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly onDoubleClick: () => void;
  readonly onContextMenu: (event: MouseEvent) => void;
  readonly onDragStart: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

/** A file or a folder, with the people who are in it. */
export function TreeRow(props: TreeRowProps) {
  const { row, top, selected, focusable, shown, dropTarget, people, ...handlers } = props;
  const looks = [
    "tree-row",
    focusable && "tree-row--focused",
    shown && "tree-row--open",
    row.dimmed && "tree-row--dimmed",
  ];
  const names = people.map(({ name }) => name).join(", ");
  const FolderSign = row.expanded ? FolderOpen : Folder;
  return (
    <div
      {...handlers}
      className={looks.filter(Boolean).join(" ")}
      style={{ top, "--depth": row.depth } as CSSProperties}
      role="treeitem"
      tabIndex={focusable ? 0 : -1}
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected}
      aria-expanded={row.kind === "directory" ? row.expanded : undefined}
      aria-label={names === "" ? row.name : `${row.name}, ${names} here`}
      data-path={row.path}
      data-drop={dropTarget}
    >
      <span className="tree-row__twist" data-open={row.expanded}>
        {row.kind === "directory" && <ChevronRight size={12} strokeWidth={2.25} aria-hidden />}
      </span>
      {row.kind === "directory" ? (
        <FolderSign size={16} strokeWidth={1.75} color="var(--text-3)" aria-hidden />
      ) : (
        <FileIcon path={row.path} />
      )}
      <span className="tree-row__name">{row.name}</span>
      {row.loading && <Spinner />}
      {people.length > 0 && (!row.expanded || row.kind === "file") && (
        <span className="tree-row__people" data-tip={names}>
          <AvatarStack people={people} />
        </span>
      )}
    </div>
  );
}
