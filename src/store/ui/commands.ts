import { randomId } from "#common/lib/random.ts";
import type { Ide } from "../store.ts";
import { canEdit, canInvite } from "../control.ts";
import { targetDirectory } from "../files.ts";
import { strandedEdits } from "../ot.ts";
import { nextShellName, privateShell } from "../shell.ts";
import { panesOf, type DockNode, type Edge } from "./dock.ts";
import { cycleRegions, focusRegion } from "./focus.ts";
import { followedHere } from "./follow.ts";
import { keyLabel, matchesKeys, type KeyPress, type Platform } from "./keys.ts";
import { activeFile, activePane, type SidebarView } from "./layout.ts";
import {
  CHAT_PANE,
  CONSOLE_PANE,
  fileOfPane,
  parsePane,
  PREVIEW_PANE,
  shellPane,
  DELETED_PANE,
} from "./panes.ts";

/**
 * Everything that can be done, once: the palette lists it, keys call it, the sheet of shortcuts and
 * the tooltips print it.
 */
export interface Command {
  readonly id: string;
  readonly group:
    "Run" | "Go" | "File" | "Edit" | "View" | "Terminal" | "Comments" | "People" | "Help";
  readonly title: string;
  /** Chords as `keys.ts` reads them, perhaps for one platform (`mac:…`); the first one is shown. */
  readonly keys?: readonly string[];
  /** The keys are also what a person types: they count only where nobody is typing. */
  readonly outsideText?: true;
  readonly when?: (ide: Ide) => boolean;
  /** False leaves the key to the browser. */
  readonly run: (ide: Ide) => boolean | void;
}

const editor =
  (command: string) =>
  (ide: Ide): void => {
    const handle = activeEditor(ide);
    handle?.focus();
    handle?.run?.(command);
  };

const activeEditor = ({ store, actions }: Ide) =>
  actions.editors.handle(activePane(store.getState().layout));
const hasEditor = (ide: Ide) => activeEditor(ide) !== undefined;
const hasCommands = (ide: Ide) => activeEditor(ide)?.run !== undefined;
const mayEdit = ({ store }: Ide) => canEdit(store.getState().control);
const isInCompany = ({ store }: Ide) => {
  const { people } = store.getState().presence;
  return people.some(({ userId }) => userId !== people[0]?.userId);
};
const hasFile = ({ store }: Ide) => fileOfPane(activePane(store.getState().layout)) !== undefined;
const hasThreads = ({ store }: Ide) => store.getState().metadata.threads.length > 0;
const openPalette = (query: string) => (ide: Ide) =>
  ide.actions.overlay.open({ kind: "palette", query });

export const commands: readonly Command[] = [
  {
    id: "run.start",
    group: "Run",
    title: "Run the project",
    keys: ["Mod+Enter"],
    when: mayEdit,
    run: ({ actions }) => {
      // Whoever runs a program from the editor goes on typing there.
      actions.layout.reveal(CONSOLE_PANE);
      void actions.run.start();
    },
  },
  {
    id: "run.stop",
    group: "Run",
    title: "Stop the program",
    keys: ["Mod+Shift+Enter"],
    when: (ide) => mayEdit(ide) && ide.store.getState().run.running,
    run: ({ actions }) => void actions.run.stop(),
  },
  {
    id: "run.clear",
    group: "Run",
    title: "Clear the console",
    when: mayEdit,
    run: ({ actions }) => actions.run.clear(),
  },
  {
    id: "go.file",
    group: "Go",
    title: "Go to file…",
    keys: ["Mod+P"],
    run: openPalette(""),
  },
  {
    id: "go.command",
    group: "Go",
    title: "Show all commands",
    keys: ["F1", "Mod+Shift+P", "Mod+K"],
    run: openPalette(">"),
  },
  {
    id: "go.line",
    group: "Go",
    title: "Go to line…",
    keys: ["Ctrl+G"],
    when: hasEditor,
    run: openPalette(":"),
  },
  {
    id: "go.person",
    group: "Go",
    title: "Go to a person…",
    run: openPalette("@"),
  },
  {
    id: "go.region",
    group: "Go",
    title: "Next part of the window",
    keys: ["F6"],
    run: () => cycleRegions(document, 1),
  },
  {
    id: "go.region-back",
    group: "Go",
    title: "Previous part of the window",
    keys: ["Shift+F6"],
    run: () => cycleRegions(document, -1),
  },
  {
    id: "go.next-tab",
    group: "Go",
    title: "Next tab",
    keys: ["Alt+PageDown"],
    run: ({ actions }) => actions.layout.cycleTab(1),
  },
  {
    id: "go.previous-tab",
    group: "Go",
    title: "Previous tab",
    keys: ["Alt+PageUp"],
    run: ({ actions }) => actions.layout.cycleTab(-1),
  },
  {
    id: "file.new",
    group: "File",
    title: "New file",
    when: mayEdit,
    run: (ide) => startCreating(ide, "file"),
  },
  {
    id: "file.new-folder",
    group: "File",
    title: "New folder",
    when: mayEdit,
    run: (ide) => startCreating(ide, "directory"),
  },
  {
    id: "file.save",
    group: "File",
    title: "Make sure that everything is saved",
    keys: ["Mod+S"],
    run: ({ actions }) => void actions.save(),
  },
  {
    id: "file.reveal",
    group: "File",
    title: "Show the active file in the tree",
    when: hasFile,
    run: ({ store, actions }) => {
      const path = activeFile(store.getState().layout);
      if (path === undefined) return;
      actions.layout.showSidebar("files");
      actions.files.reveal(path);
    },
  },
  {
    id: "file.copy-path",
    group: "File",
    title: "Copy the path of the active file",
    when: hasFile,
    run: ({ store, actions }) => {
      const path = activeFile(store.getState().layout);
      if (path !== undefined) void actions.copy(path, "Path");
    },
  },
  {
    id: "file.history",
    group: "File",
    title: "Show the history of the file",
    keys: ["Alt+R"],
    when: hasFile,
    run: ({ store, actions }) => {
      const path = activeFile(store.getState().layout);
      if (path !== undefined) actions.history.open(path);
    },
  },
  {
    id: "file.deleted",
    group: "File",
    title: "Show the deleted files",
    run: ({ actions }) => actions.layout.show(DELETED_PANE),
  },
  {
    id: "file.close",
    group: "File",
    title: "Close the tab",
    keys: ["Alt+W", "other:Ctrl+F4"],
    run: ({ store, actions }) => {
      const pane = activePane(store.getState().layout);
      if (pane !== undefined) actions.layout.close([pane]);
    },
  },
  {
    id: "file.close-all",
    group: "File",
    title: "Close all files",
    run: ({ store, actions }) => {
      const panes = panesOf(store.getState().layout.dock);
      actions.layout.close(panes.filter((pane) => fileOfPane(pane) !== undefined));
    },
  },
  {
    id: "file.reopen",
    group: "File",
    title: "Reopen the closed tab",
    keys: ["Alt+Shift+T"],
    when: ({ store }) => store.getState().layout.closed.length > 0,
    run: ({ actions }) => actions.layout.reopenClosed(),
  },
  {
    id: "edit.find",
    group: "Edit",
    title: "Find in the file",
    when: hasCommands,
    run: editor("actions.find"),
  },
  {
    id: "edit.replace",
    group: "Edit",
    title: "Replace in the file",
    when: (ide) => hasCommands(ide) && mayEdit(ide),
    run: editor("editor.action.startFindReplaceAction"),
  },
  {
    id: "edit.comment",
    group: "Edit",
    title: "Toggle line comment",
    when: (ide) => hasCommands(ide) && mayEdit(ide),
    run: editor("editor.action.commentLine"),
  },
  {
    id: "edit.tab-leaves",
    group: "Edit",
    title: "Tab key leaves the editor, or indents",
    keys: ["other:Ctrl+M", "mac:Ctrl+Shift+M"],
    run: ({ store, actions }) => actions.editors.setTabLeaves(!store.getState().editors.tabLeaves),
  },
  {
    id: "edit.search",
    group: "Edit",
    title: "Search in all files",
    keys: ["Mod+Shift+F"],
    run: ({ store, actions }) => {
      actions.layout.showSidebar("search");
      const pane = activePane(store.getState().layout);
      const selected = actions.editors.handle(pane)?.selectedText() ?? "";
      if (selected !== "" && !selected.includes("\n")) {
        actions.search.setQuery({ text: selected });
        void actions.search.run();
      }
      requestAnimationFrame(() => focusRegion(document, "sidebar"));
    },
  },
  {
    id: "view.files",
    group: "View",
    title: "Files",
    keys: ["Mod+Shift+E"],
    run: (ide) => showSidebar(ide, "files"),
  },
  {
    id: "view.sidebar",
    group: "View",
    title: "Show or hide the sidebar",
    keys: ["Mod+B"],
    run: ({ actions }) => actions.layout.toggleSidebar(),
  },
  {
    id: "view.console",
    group: "View",
    title: "Console",
    run: ({ actions }) => actions.layout.show(CONSOLE_PANE),
  },
  {
    id: "view.preview",
    group: "View",
    title: "Preview",
    run: ({ actions }) => actions.layout.show(PREVIEW_PANE),
  },
  {
    id: "view.split-right",
    group: "View",
    title: "Split to the right",
    keys: ["Mod+\\"],
    run: (ide) => splitActive(ide, "right"),
  },
  {
    id: "view.split-down",
    group: "View",
    title: "Split downwards",
    run: (ide) => splitActive(ide, "bottom"),
  },
  {
    id: "view.maximise",
    group: "View",
    title: "Maximise or restore the pane",
    keys: ["Alt+Enter"],
    run: ({ actions }) => actions.layout.toggleMaximised(),
  },
  {
    id: "view.reset",
    group: "View",
    title: "Reset the arrangement",
    run: ({ actions }) => actions.layout.reset(),
  },
  {
    id: "view.theme",
    group: "View",
    title: "Next theme: system, light, dark",
    run: ({ actions }) => actions.settings.nextTheme(),
  },
  {
    id: "view.larger",
    group: "View",
    title: "Larger text",
    run: ({ actions }) => actions.settings.zoomEditor(1),
  },
  {
    id: "view.smaller",
    group: "View",
    title: "Smaller text",
    run: ({ actions }) => actions.settings.zoomEditor(-1),
  },
  {
    id: "view.wrap",
    group: "View",
    title: "Wrap long lines, or not",
    keys: ["Alt+Z"],
    run: ({ store, actions }) => actions.settings.set({ wrap: !store.getState().settings.wrap }),
  },
  {
    id: "view.blame",
    group: "View",
    title: "Show who wrote each line, or not",
    keys: ["Alt+Shift+B"],
    run: ({ store, actions }) => {
      const { blame } = store.getState().settings;
      actions.settings.set({ blame: blame === "off" ? "lines" : "off" });
    },
  },
  {
    id: "view.blame-characters",
    group: "View",
    title: "Colour all text by who wrote it, or not",
    run: ({ store, actions }) => {
      const { blame } = store.getState().settings;
      actions.settings.set({ blame: blame === "characters" ? "lines" : "characters" });
    },
  },
  {
    id: "view.settings",
    group: "View",
    title: "Settings",
    keys: ["Mod+,"],
    run: ({ actions }) => actions.overlay.open({ kind: "settings" }),
  },
  {
    id: "view.notifications",
    group: "View",
    title: "Notifications",
    run: ({ actions }) => actions.overlay.open({ kind: "notifications" }),
  },
  {
    id: "view.stranded",
    group: "View",
    title: "Edits that are not in their files",
    when: ({ store }) => strandedEdits(store.getState().ot).length > 0,
    run: ({ actions }) => actions.overlay.open({ kind: "stranded" }),
  },
  {
    id: "terminal.toggle",
    group: "Terminal",
    title: "Go to the terminal, or back",
    keys: ["Ctrl+`"],
    run: toggleTerminal,
  },
  {
    id: "terminal.new",
    group: "Terminal",
    title: "New terminal",
    keys: ["Ctrl+Shift+`"],
    when: mayEdit,
    run: (ide) => openShell(ide, nextShellName(openShells(ide.store.getState().layout.dock))),
  },
  {
    id: "terminal.private",
    group: "Terminal",
    title: "New private terminal",
    when: mayEdit,
    run: (ide) => openShell(ide, privateShell(randomId(ide.random))),
  },
  {
    id: "terminal.clear",
    group: "Terminal",
    title: "Clear the terminal for everyone",
    when: (ide) => mayEdit(ide) && activeShell(ide) !== undefined,
    run: (ide) => {
      const name = activeShell(ide);
      if (name !== undefined) ide.actions.shell.clear(name);
    },
  },
  {
    id: "terminal.sane",
    group: "Terminal",
    title: "Reset the terminal's modes",
    when: (ide) => mayEdit(ide) && activeShell(ide) !== undefined,
    run: (ide) => {
      const name = activeShell(ide);
      if (name !== undefined) ide.actions.shell.sane(name);
    },
  },
  {
    id: "terminal.end",
    group: "Terminal",
    title: "End the terminal for everyone",
    when: (ide) => mayEdit(ide) && activeShell(ide) !== undefined,
    run: (ide) => {
      const name = activeShell(ide);
      if (name === undefined) return;
      ide.actions.shell.end(name);
      ide.actions.layout.close([shellPane(name)]);
    },
  },
  {
    id: "comments.add",
    group: "Comments",
    title: "Comment on the selection",
    keys: ["Alt+/"],
    when: (ide) => hasEditor(ide) && mayEdit(ide),
    run: ({ store, actions }) => {
      const pane = activePane(store.getState().layout);
      if (pane !== undefined) actions.comments.begin(pane);
    },
  },
  {
    id: "comments.next",
    group: "Comments",
    title: "Next comment",
    keys: ["Alt+F9"],
    when: hasThreads,
    run: ({ actions }) => actions.stepThread(1),
  },
  {
    id: "comments.previous",
    group: "Comments",
    title: "Previous comment",
    keys: ["Alt+Shift+F9"],
    when: hasThreads,
    run: ({ actions }) => actions.stepThread(-1),
  },
  {
    id: "comments.list",
    group: "Comments",
    title: "All comments",
    run: (ide) => showSidebar(ide, "comments"),
  },
  {
    id: "people.share",
    group: "People",
    title: "Share the selection in the chat",
    when: hasEditor,
    run: ({ store, actions }) => {
      const pane = activePane(store.getState().layout);
      if (pane !== undefined) void actions.shareSelection(pane);
    },
  },
  {
    id: "people.chat",
    group: "People",
    title: "Chat",
    run: ({ store, actions }) => {
      actions.layout.toggleDrawer("chat");
      const { drawer, dock } = store.getState().layout;
      const shown = drawer === "chat" || panesOf(dock).includes(CHAT_PANE);
      if (shown) actions.editors.focus(CHAT_PANE);
    },
  },
  {
    id: "people.list",
    group: "People",
    title: "People",
    run: (ide) => showSidebar(ide, "people"),
  },
  {
    id: "people.invite",
    group: "People",
    title: "Invite someone…",
    when: ({ store }) => canInvite(store.getState().control),
    run: ({ actions }) => actions.overlay.open({ kind: "invite" }),
  },
  {
    id: "people.unfollow",
    group: "People",
    title: "Stop following",
    when: ({ store }) => store.getState().presence.following.length > 0,
    run: stopFollowing,
  },
  {
    id: "people.resume",
    group: "People",
    title: "Resume following",
    keys: ["Alt+A"],
    when: ({ store }) => store.getState().presence.following.some(({ paused }) => paused),
    run({ store, actions }) {
      const { layout, presence } = store.getState();
      const paused = presence.following.filter((following) => following.paused);
      const here = followedHere(layout, paused);
      if (here !== undefined) actions.presence.resumeFollowing(here.session);
    },
  },
  {
    id: "people.call",
    group: "People",
    title: "Bring everyone here",
    when: (ide) => mayEdit(ide) && isInCompany(ide),
    run: ({ actions }) => actions.callTogether(),
  },
  {
    id: "help.shortcuts",
    group: "Help",
    title: "Keyboard shortcuts",
    keys: ["?"],
    outsideText: true,
    run: ({ actions }) => actions.overlay.open({ kind: "shortcuts" }),
  },
  {
    id: "help.reconnect",
    group: "Help",
    title: "Connect again now",
    when: ({ store }) => store.getState().control.connection.kind !== "connected",
    run: ({ actions }) => actions.control.retryNow(),
  },
];

function startCreating(ide: Ide, entry: "file" | "directory"): void {
  showSidebar(ide, "files");
  const { files } = ide.store.getState();
  ide.actions.files.startNaming({ kind: "create", parent: targetDirectory(files), entry });
}

/** Goes along no more with the one whom I follow where I am. */
export function stopFollowing({ store, actions }: Ide): void {
  const { layout, presence } = store.getState();
  const here = followedHere(layout, presence.following);
  if (here !== undefined) actions.presence.unfollow(here.session);
}

function showSidebar({ actions }: Ide, view: SidebarView): void {
  actions.layout.showSidebar(view);
  // The sidebar is drawn after this.
  requestAnimationFrame(() => focusRegion(document, "sidebar"));
}

function splitActive({ store, actions }: Ide, edge: Edge): void {
  const pane = activePane(store.getState().layout);
  if (pane !== undefined) actions.layout.splitPane(pane, edge);
}

function openShells(dock: DockNode): readonly string[] {
  return panesOf(dock).flatMap((id) => {
    const pane = parsePane(id);
    return pane?.kind === "shell" ? [pane.name] : [];
  });
}

function activeShell({ store }: Ide): string | undefined {
  const active = activePane(store.getState().layout);
  const pane = active === undefined ? undefined : parsePane(active);
  return pane?.kind === "shell" ? pane.name : undefined;
}

function openShell({ actions }: Ide, name: string): void {
  actions.layout.show(shellPane(name));
  actions.editors.focus(shellPane(name));
}

/** From anywhere to the shell; from the shell back to the file. */
function toggleTerminal(ide: Ide): void {
  const { store, actions } = ide;
  const { layout } = store.getState();
  const active = activePane(layout);
  const file = activeFile(layout);
  if (active !== undefined && parsePane(active)?.kind === "shell" && file !== undefined) {
    actions.layout.openFile(file);
    actions.editors.focus(activePane(store.getState().layout) ?? "");
    return;
  }
  const [name = nextShellName([])] = openShells(layout.dock);
  openShell(ide, name);
}

/** The chords of a command on this platform. */
export function keysOf(command: Command, platform: Platform): readonly string[] {
  return (command.keys ?? []).flatMap((keys) => {
    const [, only, chord = keys] = /^(mac|other):(.+)$/.exec(keys) ?? [];
    return only === undefined || only === platform ? [chord] : [];
  });
}

/** The first chord of a command as a person reads it, or nothing. */
export function shortcutOf(id: string, platform: Platform): string | undefined {
  const command = commands.find((candidate) => candidate.id === id);
  const [keys] = command === undefined ? [] : keysOf(command, platform);
  return keys === undefined ? undefined : keyLabel(keys, platform);
}

export function isAvailable(command: Command, ide: Ide): boolean {
  return command.when?.(ide) ?? true;
}

export function runCommand(ide: Ide, id: string): void {
  const command = commands.find((candidate) => candidate.id === id);
  if (command !== undefined && isAvailable(command, ide)) command.run(ide);
}

/** What a terminal leaves to us; every other key is its program's. On a Mac that holds for all of Cmd. */
const terminalKeys = new Set([
  "F1",
  "F6",
  "Shift+F6",
  "Mod+Enter",
  "Mod+Shift+Enter",
  "Ctrl+`",
  "Ctrl+Shift+`",
  "Alt+PageDown",
  "Alt+PageUp",
]);

/** Where the keyboard is; in a message, Enter is the field's in every form, since it sends. */
export type Typing = "nothing" | "text" | "message" | "terminal";

/** The command that a press means where the keyboard is now. */
export function commandFor(
  press: KeyPress,
  typing: Typing,
  platform: Platform,
): Command | undefined {
  if (typing === "message" && press.key === "Enter") return undefined;
  return commands.find(
    (command) =>
      !(command.outsideText === true && typing !== "nothing") &&
      keysOf(command, platform).some(
        (keys) =>
          matchesKeys(press, keys, platform) &&
          (typing !== "terminal" || terminalKeys.has(keys) || press.metaKey),
      ),
  );
}
