import type { Cell } from "#common/lib/cell.ts";
import {
  activatePane,
  closePane,
  equalise,
  findGroup,
  group,
  groupOf,
  groupsOf,
  HOME_GROUP,
  moveSash,
  panesOf,
  parseDock,
  placePane,
  renamePanes,
  split,
  type DockGroup,
  type DockNode,
  type Edge,
  type Place,
} from "./dock.ts";
import type { Memory } from "./memory.ts";
import {
  CHAT_PANE,
  CONSOLE_PANE,
  filePane,
  fileOfPane,
  historyOfPane,
  historyPane,
  nextView,
  parsePane,
  PREVIEW_PANE,
  shellPane,
} from "./panes.ts";

export type SidebarView = "files" | "search" | "comments" | "people";
export type DrawerView = "chat" | "people";
export type PhoneTab = "files" | "code" | "run" | "people" | "more";

/** How much room there is: one thing at a time, no room beside the editor, or plenty. */
export type Room = "phone" | "narrow" | "wide";

export interface LayoutState {
  readonly dock: DockNode;
  /** The group that has, or had last, the keyboard. */
  readonly activeGroup: string;
  readonly maximised: string | undefined;
  readonly sidebar: {
    readonly view: SidebarView;
    readonly open: boolean;
    readonly widthPx: number;
  };
  readonly drawer: DrawerView | undefined;
  readonly phoneTab: PhoneTab;
  readonly room: Room;
  /** A phone's keyboard is up for code or a terminal. */
  readonly typing: boolean;
  /** Files, latest first, for quick open and for what a phone shows. */
  readonly recent: readonly string[];
  /** Panes that were closed, latest first. */
  readonly closed: readonly string[];
}

const defaultDock: DockNode = split(
  "root",
  "row",
  [group(HOME_GROUP, []), group("tools", [CONSOLE_PANE, shellPane("sheller"), PREVIEW_PANE])],
  [0.6, 0.4],
);

export const initialLayout: LayoutState = {
  dock: defaultDock,
  activeGroup: HOME_GROUP,
  maximised: undefined,
  sidebar: { view: "files", open: true, widthPx: 240 },
  drawer: undefined,
  phoneTab: "code",
  room: "wide",
  typing: false,
  recent: [],
  closed: [],
};

export const PHONE_MAX_PX = 700;
export const NARROW_MAX_PX = 1_100;
const MIN_SIDEBAR_PX = 160;
const MAX_SIDEBAR_PX = 560;
const KEPT_RECENT = 50;

export function roomFor(widthPx: number): Room {
  if (widthPx < PHONE_MAX_PX) return "phone";
  return widthPx < NARROW_MAX_PX ? "narrow" : "wide";
}

/** The tree as it is drawn: where there is no room beside the editor, the tools go below it. */
export function drawnDock({ dock, room }: LayoutState): DockNode {
  if (room === "wide" || dock.kind === "group" || dock.direction === "column") return dock;
  const [first, ...others] = dock.children;
  if (first === undefined) return dock;
  const [only] = others;
  const below =
    others.length === 1 && only !== undefined
      ? only
      : {
          ...dock,
          id: "below",
          children: others,
          weights: dock.weights.slice(1).map((weight) => weight / (1 - (dock.weights[0] ?? 0))),
        };
  return split(dock.id, "column", [first, below], [0.6, 0.4]);
}

/** The pane that keys and commands mean. */
export function activePane(state: LayoutState): string | undefined {
  return findGroup(state.dock, state.activeGroup)?.active;
}

/** The file that is being looked at: the active pane's, else the one looked at last. */
export function activeFile(state: LayoutState): string | undefined {
  return fileOfPane(activePane(state)) ?? state.recent.find((path) => isOpen(state, path));
}

export function openFiles(state: LayoutState): readonly string[] {
  return [...new Set(panesOf(state.dock).flatMap((pane) => fileOfPane(pane) ?? []))];
}

function isOpen(state: LayoutState, path: string): boolean {
  return panesOf(state.dock).some((pane) => fileOfPane(pane) === path);
}

/** Whether a pane can be seen now. */
export function isPaneVisible(state: LayoutState, pane: string): boolean {
  const holder = groupOf(state.dock, pane);
  if (holder?.active !== pane) return false;
  if (state.room === "phone") return phonePane(state) === pane;
  return state.maximised === undefined || state.maximised === holder.id;
}

/** The one pane that a phone shows under its present tab. */
export function phonePane(state: LayoutState): string | undefined {
  const groups = groupsOf(state.dock);
  if (state.phoneTab === "code") {
    const active = activePane(state);
    if (historyOfPane(active) !== undefined) return active;
    const path = activeFile(state);
    const shown = groups.find((found) => path !== undefined && fileOfPane(found.active) === path);
    return shown?.active;
  }
  if (state.phoneTab !== "run") return undefined;
  const tools = groups.filter(({ active }) => active !== undefined && isTool(active));
  return (tools.find(({ id }) => id === state.activeGroup) ?? tools[0])?.active;
}

/** Shows a pane, where it is or where its kind belongs. */
export function showPane(state: LayoutState, pane: string): LayoutState {
  const path = fileOfPane(pane);
  const holder = groupOf(state.dock, pane);
  const dock = holder === undefined ? addPane(state, pane) : activatePane(state.dock, pane);
  const activeGroup = groupOf(dock, pane)?.id ?? state.activeGroup;
  return {
    ...state,
    dock,
    activeGroup,
    maximised: state.maximised === activeGroup ? activeGroup : undefined,
    phoneTab: isTool(pane) ? "run" : "code",
    recent:
      path === undefined
        ? state.recent
        : [path, ...state.recent.filter((other) => other !== path)].slice(0, KEPT_RECENT),
  };
}

/** Shows a file in the view that has it, preferring the active group's. */
export function showFile(state: LayoutState, path: string): LayoutState {
  const views = panesOf(state.dock).filter((pane) => fileOfPane(pane) === path);
  const here = findGroup(state.dock, state.activeGroup);
  const view = views.find((pane) => here?.panes.includes(pane)) ?? views[0];
  return showPane(state, view ?? filePane(path));
}

function addPane(state: LayoutState, pane: string): DockNode {
  const { dock } = state;
  // The past of a file stands beside it, and on a phone, where nothing can, among the files.
  const belongs = (id: string) => isFile(id) || (state.room === "phone" && !isTool(id));
  const like = (found: DockGroup) =>
    found.panes.some((other) => belongs(other) === belongs(pane)) ||
    (belongs(pane) && found.id === HOME_GROUP);
  const active = findGroup(dock, state.activeGroup);
  const target =
    active !== undefined && like(active) ? active : groupsOf(dock).find((found) => like(found));
  if (target !== undefined) return placePane(dock, pane, { kind: "tabs", groupId: target.id });
  const [first] = groupsOf(dock);
  if (first === undefined) return dock;
  const edge = isFile(pane) ? "left" : "right";
  return placePane(dock, pane, { kind: "edge", groupId: first.id, edge });
}

function isFile(pane: string): boolean {
  return fileOfPane(pane) !== undefined;
}

/** Neither a file nor the history of one. */
function isTool(pane: string): boolean {
  return !isFile(pane) && historyOfPane(pane) === undefined;
}

/** Takes panes away, remembering them for "reopen". */
export function closePanes(state: LayoutState, panes: readonly string[]): LayoutState {
  const gone = panes.filter((pane) => groupOf(state.dock, pane) !== undefined);
  const dock = gone.reduce(closePane, state.dock);
  return {
    ...state,
    dock,
    closed: [...gone.toReversed(), ...state.closed.filter((pane) => !gone.includes(pane))],
    ...settled(state, dock),
  };
}

/** Keeps the active and the maximised group among those that are there. */
function settled(state: LayoutState, dock: DockNode) {
  const groups = groupsOf(dock);
  const stays = (id: string | undefined) => groups.some((found) => found.id === id);
  return {
    activeGroup: stays(state.activeGroup)
      ? state.activeGroup
      : (groups.find(({ active }) => active !== undefined)?.id ?? HOME_GROUP),
    maximised: stays(state.maximised) ? state.maximised : undefined,
  };
}

/** Lets tabs and memories follow files that were moved. */
export function followMoves(state: LayoutState, move: (path: string) => string): LayoutState {
  const rename = (pane: string) => {
    const parsed = parsePane(pane);
    if (parsed?.kind === "history") return historyPane(move(parsed.path));
    return parsed?.kind === "file" ? filePane(move(parsed.path), parsed.view) : pane;
  };
  return {
    ...state,
    dock: renamePanes(state.dock, rename),
    recent: state.recent.map(move),
    closed: state.closed.map(rename),
  };
}

export interface LayoutActions {
  setWidth(widthPx: number): void;
  show(pane: string): void;
  /** Shows a pane beside the one that is worked in, which stays the active one. */
  reveal(pane: string): void;
  openFile(path: string): void;
  close(panes: readonly string[]): void;
  reopenClosed(): void;
  place(pane: string, place: Place): void;
  /** A second look at the active file, beside the first; tools move there. */
  splitPane(pane: string, edge: Edge): void;
  activateGroup(groupId: string): void;
  cycleTab(step: 1 | -1): void;
  moveSash(splitId: string, index: number, delta: number): void;
  equalise(splitId: string): void;
  toggleMaximised(groupId?: string): void;
  toggleSidebar(view?: SidebarView): void;
  /** Brings a view into sight, where this room has its place. */
  showSidebar(view: SidebarView): void;
  /** By so many pixels; without a number, back to the usual width. */
  resizeSidebar(deltaPx?: number): void;
  toggleDrawer(view: DrawerView): void;
  closeDrawer(): void;
  showPhoneTab(tab: PhoneTab): void;
  setTyping(typing: boolean): void;
  reset(): void;
}

export function createLayoutActions(cell: Cell<LayoutState>): LayoutActions {
  const update = (change: (state: LayoutState) => LayoutState) => cell.update(change);
  const show = (pane: string) => update((state) => showPane(state, pane));
  return {
    setWidth(widthPx) {
      const room = roomFor(widthPx);
      if (room === cell.get().room) return;
      update((state) => ({
        ...state,
        room,
        // What a wide window keeps beside the editor would cover it in a narrow one.
        sidebar: { ...state.sidebar, open: room === "wide" },
        drawer: room === "phone" ? undefined : state.drawer,
      }));
    },
    show,
    reveal: (pane) =>
      update((state) => ({ ...showPane(state, pane), activeGroup: state.activeGroup })),
    openFile: (path) => update((state) => showFile(state, path)),
    close: (panes) => update((state) => closePanes(state, panes)),
    reopenClosed() {
      const [pane] = cell.get().closed;
      if (pane === undefined) return;
      update((state) => ({ ...state, closed: state.closed.slice(1) }));
      show(pane);
    },
    place(pane, place) {
      update((state) => {
        const dock = placePane(state.dock, pane, place);
        const next = { ...state, dock, ...settled(state, dock) };
        return { ...next, activeGroup: groupOf(dock, pane)?.id ?? next.activeGroup };
      });
    },
    splitPane(pane, edge) {
      update((state) => {
        const holder = groupOf(state.dock, pane);
        if (holder === undefined) return state;
        const parsed = parsePane(pane);
        const moved = parsed?.kind === "file" ? nextView(panesOf(state.dock), parsed.path) : pane;
        const place = { kind: "edge", groupId: holder.id, edge } as const;
        const dock = placePane(state.dock, moved, place);
        return showPane({ ...state, dock, ...settled(state, dock) }, moved);
      });
    },
    activateGroup(groupId) {
      if (cell.get().activeGroup === groupId) return;
      update((state) => {
        const path = fileOfPane(findGroup(state.dock, groupId)?.active);
        const recent =
          path === undefined
            ? state.recent
            : [path, ...state.recent.filter((other) => other !== path)];
        return { ...state, activeGroup: groupId, recent };
      });
    },
    cycleTab(step) {
      const state = cell.get();
      const panes = panesOf(state.dock);
      const active = activePane(state);
      const index = active === undefined ? -1 : panes.indexOf(active);
      const next = panes[(index + step + panes.length) % panes.length];
      if (next !== undefined) show(next);
    },
    moveSash(splitId, index, delta) {
      update((state) => ({ ...state, dock: moveSash(state.dock, splitId, index, delta) }));
    },
    equalise: (splitId) => update((state) => ({ ...state, dock: equalise(state.dock, splitId) })),
    toggleMaximised(groupId = cell.get().activeGroup) {
      update((state) => ({
        ...state,
        maximised: state.maximised === groupId ? undefined : groupId,
      }));
    },
    toggleSidebar(view) {
      update((state) => {
        const shown = state.sidebar.open && (view === undefined || view === state.sidebar.view);
        return {
          ...state,
          sidebar: { ...state.sidebar, view: view ?? state.sidebar.view, open: !shown },
        };
      });
    },
    showSidebar(view) {
      update((state) => {
        if (state.room === "phone" && view === "people") {
          return { ...state, phoneTab: "people", drawer: "people" };
        }
        return { ...state, phoneTab: "files", sidebar: { ...state.sidebar, view, open: true } };
      });
    },
    resizeSidebar(deltaPx) {
      update((state) => {
        const wanted =
          deltaPx === undefined
            ? initialLayout.sidebar.widthPx
            : state.sidebar.widthPx + Math.round(deltaPx);
        const widthPx = Math.min(MAX_SIDEBAR_PX, Math.max(MIN_SIDEBAR_PX, wanted));
        return { ...state, sidebar: { ...state.sidebar, widthPx } };
      });
    },
    toggleDrawer(view) {
      update((state) => {
        if (view === "chat" && groupOf(state.dock, CHAT_PANE) !== undefined) {
          return showPane(state, CHAT_PANE);
        }
        if (state.room === "phone") return { ...state, phoneTab: "people", drawer: view };
        return { ...state, drawer: state.drawer === view ? undefined : view };
      });
    },
    closeDrawer: () => update((state) => ({ ...state, drawer: undefined })),
    showPhoneTab: (phoneTab) => update((state) => ({ ...state, phoneTab })),
    setTyping: (typing) => update((state) => ({ ...state, typing })),
    reset() {
      update((state) => {
        const files = openFiles(state).map((path) => filePane(path));
        const shells = panesOf(state.dock).filter((pane) => parsePane(pane)?.kind === "shell");
        const tools = [
          ...panesOf(defaultDock),
          ...shells.filter((pane) => pane !== shellPane("sheller")),
        ];
        const active = activeFile(state);
        const shown = files.find((pane) => fileOfPane(pane) === active) ?? files[0];
        return {
          ...initialLayout,
          room: state.room,
          recent: state.recent,
          dock: split(
            "root",
            "row",
            [group(HOME_GROUP, files, shown), group("tools", tools)],
            [0.6, 0.4],
          ),
        };
      });
    },
  };
}

/** What this device remembers of the arrangement. */
export function rememberLayout(memory: Memory, key: string, state: LayoutState): void {
  const { dock, activeGroup, sidebar, drawer, recent } = state;
  memory.write(key, { dock, activeGroup, sidebar, drawer, recent });
}

/** The arrangement as this device last had it, or the usual one. */
export function recallLayout(memory: Memory, key: string): LayoutState {
  const stored = memory.read(key);
  if (typeof stored !== "object" || stored === null) return initialLayout;
  const fields: Partial<Record<keyof LayoutState, unknown>> = stored;
  const dock = parseDock(fields.dock);
  if (dock === undefined) return initialLayout;
  const known = panesOf(dock)
    .filter((pane) => parsePane(pane) === undefined)
    .reduce(closePane, dock);
  const next = { ...initialLayout, dock: known, activeGroup: String(fields.activeGroup) };
  return {
    ...next,
    ...settled(next, known),
    sidebar: recallSidebar(fields.sidebar),
    drawer: fields.drawer === "chat" || fields.drawer === "people" ? fields.drawer : undefined,
    recent: Array.isArray(fields.recent)
      ? fields.recent.filter((path) => typeof path === "string")
      : [],
  };
}

function recallSidebar(stored: unknown): LayoutState["sidebar"] {
  const { sidebar } = initialLayout;
  if (typeof stored !== "object" || stored === null) return sidebar;
  const fields: Partial<Record<keyof typeof sidebar, unknown>> = stored;
  const views: readonly SidebarView[] = ["files", "search", "comments", "people"];
  return {
    view: views.find((view) => view === fields.view) ?? sidebar.view,
    open: fields.open !== false,
    widthPx: typeof fields.widthPx === "number" ? fields.widthPx : sidebar.widthPx,
  };
}
