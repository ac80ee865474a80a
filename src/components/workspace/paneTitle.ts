import {
  ArchiveRestore,
  Globe,
  History,
  MessageSquare,
  ScrollText,
  SquareTerminal,
  type LucideIcon,
} from "lucide-react";
import { isPrivateShell, shellTitle } from "#store/shell.ts";
import { parsePane } from "#store/ui/panes.ts";

export interface PaneTitle {
  readonly title: string;
  /** More than the tab has room for. */
  readonly tip: string;
  /** Undefined for files, whose sign is their kind's. */
  readonly icon: LucideIcon | undefined;
  readonly path: string | undefined;
}

/** What the tab of a pane says. */
export function paneTitle(id: string): PaneTitle {
  const pane = parsePane(id);
  switch (pane?.kind) {
    case "file": {
      const name = pane.path.slice(pane.path.lastIndexOf("/") + 1);
      return { title: name, tip: pane.path, icon: undefined, path: pane.path };
    }
    case "history": {
      const name = pane.path.slice(pane.path.lastIndexOf("/") + 1);
      const tip = `History of ${pane.path}`;
      return { title: `History of ${name}`, tip, icon: History, path: undefined };
    }
    case "shell": {
      const title = shellTitle(pane.name);
      const tip = isPrivateShell(pane.name)
        ? "Only you are in this terminal"
        : "Everyone in the room can type here";
      return { title, tip, icon: SquareTerminal, path: undefined };
    }
    case "console":
      return {
        title: "Console",
        tip: "Output of everyone's runs",
        icon: ScrollText,
        path: undefined,
      };
    case "preview":
      return { title: "Preview", tip: "What the program serves", icon: Globe, path: undefined };
    case "chat":
      return { title: "Chat", tip: "Talk of the room", icon: MessageSquare, path: undefined };
    case "deleted":
      return {
        title: "Deleted files",
        tip: "What can be brought back",
        icon: ArchiveRestore,
        path: undefined,
      };
    case undefined:
      return { title: id, tip: id, icon: undefined, path: undefined };
    default:
      return pane satisfies never;
  }
}

/** The id of a pane's element; names of files may hold what ids may not. */
export function panelId(pane: string): string {
  return `panel-${encodeURIComponent(pane)}`;
}

/** For files of one name in one strip: the folder that tells them apart, shown after the name. */
export function folderHints(panes: readonly string[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string[]>();
  for (const pane of panes) {
    const { title, path } = paneTitle(pane);
    if (path !== undefined) byName.set(title, [...(byName.get(title) ?? []), pane]);
  }
  const hints = new Map<string, string>();
  for (const same of byName.values()) {
    const paths = new Set(same.map((pane) => paneTitle(pane).path));
    if (paths.size < 2) continue;
    for (const pane of same) {
      const folders = paneTitle(pane).path?.split("/").slice(0, -1) ?? [];
      hints.set(pane, folders.at(-1) ?? "/");
    }
  }
  return hints;
}
