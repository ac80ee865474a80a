import { initials, participants } from "#store/presence.ts";
import type { Ide } from "#store/store.ts";
import { commands, isAvailable, keysOf, runCommand } from "#store/ui/commands.ts";
import { rank } from "#store/ui/fuzzy.ts";
import { keyLabel } from "#store/ui/keys.ts";
import { activePane } from "#store/ui/layout.ts";

/** A line of the palette. */
export interface PaletteItem {
  readonly id: string;
  readonly title: string;
  /** Characters of the title that the query met. */
  readonly marks: readonly number[];
  readonly detail: string | undefined;
  readonly shortcut: string | undefined;
  readonly sign:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "person"; readonly initials: string; readonly color: number }
    | { readonly kind: "none" };
  readonly run: () => void;
}

export interface PaletteList {
  readonly items: readonly PaletteItem[];
  /** What to say when there is nothing. */
  readonly nothing: string;
}

const MAX_ITEMS = 60;

/** What a query offers: files, or commands after `>`, a line after `:`, people after `@`. */
export function paletteItems(ide: Ide, query: string, all: readonly string[]): PaletteList {
  const rest = query.slice(1).trim();
  if (query.startsWith(">")) {
    return { items: commandItems(ide, rest), nothing: "No such command" };
  }
  if (query.startsWith(":")) return lineItems(ide, rest);
  if (query.startsWith("@")) {
    return { items: personItems(ide, rest), nothing: "Nobody else is here" };
  }
  const nothing = all.length === 0 ? "Listing files…" : "No such file";
  return { items: fileItems(ide, query, all), nothing };
}

function commandItems(ide: Ide, query: string): readonly PaletteItem[] {
  const available = commands.filter((command) => isAvailable(command, ide));
  // The group is found too, but named apart: many a title would say it twice.
  const label = ({ group, title }: (typeof commands)[number]) => `${title} ${group}`;
  return rank(query, available, label, MAX_ITEMS).map(({ item, positions }) => {
    const [keys] = keysOf(item, ide.platform);
    return {
      id: item.id,
      title: item.title,
      marks: positions.filter((at) => at < item.title.length),
      detail: item.group,
      shortcut: keys === undefined ? undefined : keyLabel(keys, ide.platform),
      sign: { kind: "none" },
      run: () => runCommand(ide, item.id),
    };
  });
}

function lineItems(ide: Ide, query: string): PaletteList {
  const pane = activePane(ide.store.getState().layout);
  const status = ide.store.getState().editors.statuses[pane ?? ""];
  const [, line, column = "1"] = /^(\d+)(?:[:,](\d+))?$/.exec(query) ?? [];
  if (pane === undefined || status === undefined) {
    return { items: [], nothing: "No file is open" };
  }
  if (line === undefined) {
    return { items: [], nothing: `Line ${status.line} now. Type the line to go to.` };
  }
  const go = () => ide.actions.editors.reveal(pane, Number(line), Number(column));
  return { items: [{ ...plain("line", `Go to line ${line}`), run: go }], nothing: "" };
}

function personItems(ide: Ide, query: string): readonly PaletteItem[] {
  const { presence, control } = ide.store.getState();
  const others = participants(presence, control.self?.session).filter(({ isMe }) => !isMe);
  return rank(query, others, ({ name }) => name, MAX_ITEMS).map(({ item, positions }) => ({
    ...plain(`person-${item.userId}`, item.name),
    marks: positions,
    detail: item.file,
    sign: { kind: "person", initials: initials(item.name), color: item.color },
    run: () => ide.actions.presence.follow(item.session),
  }));
}

/** `name:12:3` opens the file at that place. */
function fileItems(ide: Ide, query: string, all: readonly string[]): readonly PaletteItem[] {
  const [, name = query, line, column = "1"] = /^(.+?):(\d+)?(?::(\d+))?$/.exec(query) ?? [];
  const { recent } = ide.store.getState().layout;
  const known = new Set(all);
  const recentKnown = recent.filter((path) => all.length === 0 || known.has(path));
  const inOrder = [...new Set([...recentKnown, ...all])];
  return rank(name, inOrder, (path) => path, MAX_ITEMS).map(({ item: path, positions }) => {
    const slash = path.lastIndexOf("/") + 1;
    return {
      ...plain(path, path.slice(slash)),
      marks: positions.filter((at) => at >= slash).map((at) => at - slash),
      detail: slash === 0 ? undefined : path.slice(0, slash - 1),
      sign: { kind: "file", path },
      run: () => {
        if (line !== undefined) ide.actions.openPlace(path, Number(line), Number(column));
        else openAndFocus(ide, path);
      },
    };
  });
}

function openAndFocus({ store, actions }: Ide, path: string): void {
  actions.layout.openFile(path);
  const pane = activePane(store.getState().layout);
  if (pane !== undefined) actions.editors.focus(pane);
}

function plain(id: string, title: string): Omit<PaletteItem, "run"> {
  return {
    id,
    title,
    marks: [],
    detail: undefined,
    shortcut: undefined,
    sign: { kind: "none" },
  };
}
