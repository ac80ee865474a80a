import {
  Copy,
  CopyPlus,
  Download,
  ExternalLink,
  FilePlus,
  FolderPlus,
  History,
  Pencil,
  Trash2,
} from "lucide-react";
import { canEdit } from "#store/control.ts";
import { isFolder, topSelected, type FilesOutcome } from "#store/files.ts";
import { nameOf } from "#store/files/paths.ts";
import type { Ide } from "#store/store.ts";
import { filePane } from "#store/ui/panes.ts";
import type { MenuItem } from "../ui/Menu.tsx";

/** Tells how it ended: the error, or what was done with a way to take it back. */
export function report(ide: Ide, { failure, undo }: FilesOutcome, done?: string): void {
  const { notifications } = ide.actions;
  if (failure !== undefined) return notifications.notify({ tone: "error", text: failure });
  if (done === undefined) return;
  const takeBack = () => void undo?.().then((outcome) => report(ide, outcome));
  notifications.notify({
    text: done,
    ...(undo !== undefined && { action: { label: "Undo", run: takeBack } }),
  });
}

/** Asks, removes, and offers to take it back where everything could be kept. */
export async function removeFiles(ide: Ide, paths: readonly string[]): Promise<void> {
  const [first] = paths;
  if (first === undefined) return;
  const what = paths.length === 1 ? nameOf(first) : `${paths.length} items`;
  const yes = await ide.actions.overlay.confirm({
    title: `Delete ${what}?`,
    detail: paths.some((path) => isFolder(ide.store.getState().files, path))
      ? "It goes for everyone in the room, and a folder with all that is in it."
      : "It goes for everyone in the room.",
    confirmLabel: "Delete",
    danger: true,
  });
  if (!yes) return;
  const outcome = await ide.actions.files.remove(paths);
  report(
    ide,
    outcome,
    outcome.undo === undefined ? `${what} deleted for good.` : `${what} deleted.`,
  );
}

/** What can be done with a row of the tree. */
export function menuFor(ide: Ide, path: string, directory: string): readonly MenuItem[] {
  const { store, actions } = ide;
  const { files, control } = store.getState();
  const selected = files.selected.has(path) ? topSelected(files) : [path];
  const one = selected.length === 1;
  const isFile = files.directories[path] === undefined && directory !== path;
  const read: readonly MenuItem[] = [
    {
      label: "Open to the side",
      icon: ExternalLink,
      disabled: !one || !isFile,
      onSelect: () => {
        actions.layout.openFile(path);
        actions.layout.splitPane(filePane(path), "right");
      },
    },
    {
      label: "Show history",
      icon: History,
      disabled: !one || !isFile,
      onSelect: () => actions.history.open(path),
    },
    {
      label: "Download",
      icon: Download,
      disabled: !one || !isFile,
      onSelect: () => actions.download(path),
    },
    {
      label: "Copy path",
      icon: Copy,
      onSelect: () => void actions.copy(selected.join("\n"), one ? "Path" : "Paths"),
    },
  ];
  if (!canEdit(control)) return read;
  const create = (entry: "file" | "directory") => () =>
    actions.files.startNaming({ kind: "create", parent: directory, entry });
  return [
    { label: "New file", icon: FilePlus, onSelect: create("file") },
    { label: "New folder", icon: FolderPlus, onSelect: create("directory") },
    ...read.map((item, index) => (index === 0 ? { ...item, separated: true } : item)),
    {
      label: one ? "Duplicate" : `Duplicate ${selected.length} items`,
      icon: CopyPlus,
      separated: true,
      onSelect: () =>
        void actions.files.copy(selected).then((outcome) => report(ide, outcome, "Duplicated.")),
    },
    {
      label: "Rename",
      icon: Pencil,
      shortcut: "F2",
      disabled: !one,
      onSelect: () => actions.files.startNaming({ kind: "rename", path }),
    },
    {
      label: one ? "Delete" : `Delete ${selected.length} items`,
      icon: Trash2,
      shortcut: "Del",
      danger: true,
      onSelect: () => void removeFiles(ide, selected),
    },
  ];
}
