import type { View } from "#protocol/services/presence.ts";
import type { Following, PresenceState } from "../presence.ts";
import { isPrivateShell, shellTitle } from "../shell.ts";
import { findGroup, groupOf, groupsOf, HOME_GROUP, panesOf, placePane } from "./dock.ts";
import { activePane, showFile, showPane, type LayoutState } from "./layout.ts";
import { fileOfPane, filePane, nextView, parsePane, PREVIEW_PANE } from "./panes.ts";

/** A pane as the others are told of it; undefined for what is nobody else's business. */
export function toldPane(id: string | undefined): string | undefined {
  const pane = id === undefined ? undefined : parsePane(id);
  if (pane === undefined || pane.kind === "chat") return undefined;
  if (pane.kind === "file") return filePane(pane.path);
  return pane.kind === "shell" && isPrivateShell(pane.name) ? undefined : id;
}

/** Where somebody is, as far as it can be shown here. */
export function placeOf(
  { views, files }: Pick<PresenceState, "views" | "files">,
  session: number,
): View | undefined {
  const view = views[session];
  if (view !== undefined && toldPane(view.pane) !== undefined) return view;
  // What others of another make tell, who know of files only.
  const file = files[session];
  return file === undefined ? undefined : { pane: filePane(file) };
}

/** A place by the name that people give it. */
export function placeTitle({ pane: id, line }: View): string {
  const pane = parsePane(id);
  if (pane?.kind === "file") return line === undefined ? pane.path : `${pane.path}:${line}`;
  if (pane?.kind === "history") return `History of ${pane.path}`;
  if (pane?.kind === "shell") return shellTitle(pane.name);
  return id === PREVIEW_PANE ? "Preview" : "Console";
}

/** The group of panes in which files are shown that somebody else goes to. */
export function followGroup({ dock, activeGroup }: LayoutState): string {
  const hasFiles = (id: string): boolean =>
    id === HOME_GROUP || findGroup(dock, id)?.panes.some(fileOfPane) === true;
  const groups = groupsOf(dock).map(({ id }) => id);
  return hasFiles(activeGroup) ? activeGroup : (groups.find(hasFiles) ?? HOME_GROUP);
}

/** The line that somebody whom a pane goes along with has scrolled it to; undefined for nobody. */
export function followedLine(
  { following, views }: Pick<PresenceState, "following" | "views">,
  pane: string,
): number | undefined {
  const along = following.find((each) => each.pane === pane && !each.paused);
  return along === undefined ? undefined : views[along.session]?.line;
}

/** Of those whom I follow, the one that keys mean: where I am, or else the latest. */
export function followedHere(
  { dock, activeGroup }: LayoutState,
  following: readonly Following[],
): Following | undefined {
  const here = following.find(
    ({ pane, group }) => (groupOf(dock, pane ?? "")?.id ?? group) === activeGroup,
  );
  return here ?? following.at(-1);
}

/** What I see when I go along: the arrangement, and which of its panes shows what they see. */
export interface Along {
  readonly layout: LayoutState;
  readonly pane: string;
}

/**
 * Goes to where `view` is: to a file in that group, to a tool where it stands. Whoever works in
 * another pane than `before`, which showed the last place, goes on working there.
 */
export function goAlong(
  state: LayoutState,
  view: View,
  { group, before }: { readonly group: string; readonly before: string | undefined },
): Along {
  const { layout, pane } = show(state, view.pane, group);
  const goesWith = before === undefined || activePane(state) === before;
  const { activeGroup, phoneTab } = goesWith ? layout : state;
  return { layout: { ...layout, activeGroup, phoneTab }, pane };
}

function show(state: LayoutState, target: string, groupId: string): Along {
  const path = fileOfPane(target);
  if (path === undefined) return { layout: showPane(state, target), pane: target };
  const group = findGroup(state.dock, groupId);
  if (group === undefined) {
    const layout = showFile(state, path);
    return { layout, pane: activePane(layout) ?? target };
  }
  const here = group.panes.find((pane) => fileOfPane(pane) === path);
  if (here !== undefined) return { layout: showPane(state, here), pane: here };
  const open = panesOf(state.dock);
  const pane = open.includes(filePane(path)) ? nextView(open, path) : filePane(path);
  const dock = placePane(state.dock, pane, { kind: "tabs", groupId });
  return { layout: showPane({ ...state, dock }, pane), pane };
}

/** Whether a pane lies in front of the others of its group. */
export function isInFront({ dock }: LayoutState, pane: string): boolean {
  return groupOf(dock, pane)?.active === pane;
}
