import { ArchiveRestore, History } from "lucide-react";
import { canEdit, isUnreached } from "#store/control.ts";
import { useActions, useIde, useIdeContext, useNow } from "#store/hooks.tsx";
import { bringBack } from "#store/ot/rescue.ts";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { FileIcon } from "../../ui/FileIcon.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { NotConnected } from "../../ui/NotConnected.tsx";
import { Spinner } from "../../ui/Spinner.tsx";
import "./HistoryPane.css";
import { momentOf } from "./times.ts";
import { useAuthors } from "./useAuthors.ts";
import { useDeletedFiles } from "./useDeletedFiles.ts";

/** Files that are gone, and the ways to look at them and to bring them back. */
export function DeletedPane() {
  const ide = useIdeContext();
  const actions = useActions();
  const nowMs = useNow(60_000);
  const authorOf = useAuthors();
  const editable = useIde((state) => canEdit(state.control));
  const unreached = useIde((state) => isUnreached(state.control));
  const { files, failure } = useDeletedFiles();
  if (unreached) {
    return <NotConnected detail="The list of deleted files comes with the connection." />;
  }
  if (failure !== undefined) {
    return <Empty icon={ArchiveRestore} title="They could not be found" detail={failure} />;
  }
  if (files === undefined) {
    return (
      <div className="history__reading">
        <Spinner /> Looking for deleted files
      </div>
    );
  }
  if (files.length === 0) {
    return (
      <Empty
        icon={ArchiveRestore}
        title="Nothing was deleted"
        detail="A file that somebody has edited here can be brought back from its history."
      />
    );
  }
  return (
    <ul className="deleted">
      {files.map(({ path, versions, userId, editedMs }) => (
        <li key={path} className="deleted__file">
          <FileIcon path={path} size={16} />
          <div className="deleted__what">
            <strong>{path}</strong>
            <span>
              {authorOf(userId).name} · {momentOf(editedMs, nowMs)} ·{" "}
              {versions === 1 ? "1 version" : `${versions} versions`}
            </span>
          </div>
          <IconButton
            icon={History}
            label={`History of ${path}`}
            onClick={() => actions.history.open(path)}
          />
          {editable && (
            <Button small aria-label={`Restore ${path}`} onClick={() => void bringBack(ide, path)}>
              Restore
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
