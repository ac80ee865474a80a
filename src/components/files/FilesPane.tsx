import {
  Ellipsis,
  FilePlus,
  FolderOpen,
  FolderPlus,
  ListCollapse,
  TriangleAlert,
} from "lucide-react";
import { canEdit, isOffline } from "#store/control.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { runCommand } from "#store/ui/commands.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { MenuButton } from "../ui/MenuButton.tsx";
import { NotConnected } from "../ui/NotConnected.tsx";
import "./FilesPane.css";
import { ConflictDialog } from "./ConflictDialog.tsx";
import { FileTree } from "./FileTree.tsx";
import { pickFiles } from "./drop.ts";

/** The project's files. */
export function FilesPane() {
  const ide = useIdeContext();
  const actions = useActions();
  const root = useIde((state) => state.files.directories["."]);
  const failure = useIde((state) => state.files.failure);
  const showHidden = useIde((state) => state.files.showHidden);
  const uploads = useIde((state) => state.files.uploads);
  const naming = useIde((state) => state.files.naming !== undefined);
  const editable = useIde((state) => canEdit(state.control));
  const offline = useIde((state) => isOffline(state.control));

  const upload = async (folder: boolean) => {
    const items = await pickFiles(folder);
    const { failure: problem } = await actions.files.upload(".", items);
    if (problem !== undefined) actions.notifications.notify({ tone: "error", text: problem });
  };

  return (
    <div className="files">
      <div className="pane-head">
        <h2 className="pane-head__title">Files</h2>
        {editable && (
          <>
            <IconButton
              icon={FilePlus}
              label="New file"
              onClick={() => runCommand(ide, "file.new")}
            />
            <IconButton
              icon={FolderPlus}
              label="New folder"
              onClick={() => runCommand(ide, "file.new-folder")}
            />
          </>
        )}
        <IconButton
          icon={ListCollapse}
          label="Close all folders"
          onClick={() => actions.files.collapseAll()}
        />
        <MenuButton
          icon={Ellipsis}
          label="More"
          items={[
            ...(editable
              ? [
                  { label: "Upload files…", onSelect: () => void upload(false) },
                  { label: "Upload a folder…", onSelect: () => void upload(true) },
                ]
              : []),
            {
              label: "Hidden files",
              checked: showHidden,
              separated: editable,
              onSelect: () => actions.files.setShowHidden(!showHidden),
            },
            { label: "Deleted files", onSelect: () => runCommand(ide, "file.deleted") },
          ]}
        />
      </div>
      {root === undefined && offline ? (
        <NotConnected
          detail={`The list of files comes with the connection. ${
            editable ? "Files that were open can be edited." : "Files that were open can be read."
          }`}
        />
      ) : failure !== undefined ? (
        <Empty icon={TriangleAlert} title="The files could not be listed" detail={failure}>
          <Button onClick={() => void actions.files.openRoot()}>Try again</Button>
        </Empty>
      ) : root === undefined ? (
        <div className="files__skeleton" aria-busy="true" aria-label="Listing files">
          {[60, 45, 70, 50, 35].map((width) => (
            <span key={width} style={{ width: `${width}%` }} />
          ))}
        </div>
      ) : root.length === 0 && !naming ? (
        <Empty
          icon={FolderOpen}
          title="No files yet"
          detail={editable ? "Drop files or a folder here, or make the first file." : undefined}
        >
          {editable && (
            <>
              <Button look="primary" onClick={() => runCommand(ide, "file.new")}>
                New file
              </Button>
              <Button onClick={() => void upload(true)}>Upload a folder</Button>
            </>
          )}
        </Empty>
      ) : (
        <FileTree />
      )}
      {uploads.map(({ id, current, done, total }) => (
        <div key={id} className="files__uploads" role="status">
          <div className="files__upload">
            <span>
              Uploading {current} ({done + 1} of {total})
            </span>
            <Button small look="quiet" onClick={() => actions.files.cancelUpload(id)}>
              Stop
            </Button>
          </div>
          <progress className="files__progress" value={done} max={total} />
        </div>
      ))}
      <ConflictDialog />
    </div>
  );
}
