import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { Client } from "#protocol/client.ts";
import type { DirectoryEntry, FilesEvent } from "#protocol/services/files.ts";
import * as paths from "./files/paths.ts";
import { restore, salvage, type Salvage } from "./files/salvage.ts";
import { createUploads, type Conflict, type Upload, type UploadItem } from "./files/uploads.ts";

export interface FilesState {
  /** The entries of each directory that was opened, by its path; the root is ".". */
  readonly directories: Readonly<Record<string, readonly DirectoryEntry[]>>;
  readonly expanded: ReadonlySet<string>;
  readonly selected: ReadonlySet<string>;
  /** The row that keys act on, and where a range starts. */
  readonly focused: string | undefined;
  readonly anchor: string | undefined;
  /** A name being typed into the tree. */
  readonly naming: Naming | undefined;
  readonly uploads: readonly Upload[];
  /** Names that an upload found taken, waiting for an answer. */
  readonly conflict: Conflict | undefined;
  readonly showHidden: boolean;
  /** The paths of all files, once they were asked for. */
  readonly all: readonly string[] | undefined;
  /** Why the root could not be listed. */
  readonly failure: string | undefined;
}

export type Naming =
  | { readonly kind: "rename"; readonly path: string }
  | { readonly kind: "create"; readonly parent: string; readonly entry: "file" | "directory" };

export const initialFiles: FilesState = {
  directories: {},
  expanded: new Set(),
  selected: new Set(),
  focused: undefined,
  anchor: undefined,
  naming: undefined,
  uploads: [],
  conflict: undefined,
  showHidden: true,
  all: undefined,
  failure: undefined,
};

export function applyFiles(state: FilesState, event: FilesEvent): FilesState {
  switch (event.kind) {
    case "listed":
      return {
        ...state,
        directories: { ...state.directories, [paths.normal(event.path)]: sorted(event.entries) },
        failure: undefined,
      };
    case "created":
      return {
        ...state,
        directories: withEntry(state.directories, event.path, event.entry),
      };
    case "modified":
      return state;
    case "removed":
      return removePath(state, event.path);
    case "moved":
      return movePath(state, event.path, event.to);
    default:
      return assertNever(event);
  }
}

function removePath(state: FilesState, path: string): FilesState {
  const gone = (other: string) => paths.isInside(other, path);
  return {
    ...state,
    directories: withoutEntry(
      filterKeys(state.directories, (directory) => !gone(directory)),
      path,
    ),
    expanded: filterSet(state.expanded, (other) => !gone(other)),
    selected: filterSet(state.selected, (other) => !gone(other)),
    focused:
      state.focused !== undefined && gone(state.focused) ? paths.parentOf(path) : state.focused,
  };
}

function movePath(state: FilesState, from: string, to: string): FilesState {
  const renamed = (path: string) => paths.moved(path, from, to);
  const entry = entryOf(state.directories, from)?.kind ?? "file";
  const directories = Object.fromEntries(
    Object.entries(withoutEntry(state.directories, from)).map(([path, entries]) => [
      renamed(path),
      entries,
    ]),
  );
  return {
    ...state,
    directories: withEntry(directories, to, entry),
    expanded: new Set([...state.expanded].map(renamed)),
    selected: new Set([...state.selected].map(renamed)),
    focused: state.focused === undefined ? undefined : renamed(state.focused),
    anchor: state.anchor === undefined ? undefined : renamed(state.anchor),
  };
}

type Directories = FilesState["directories"];

function withEntry(
  directories: Directories,
  path: string,
  kind: DirectoryEntry["kind"],
): Directories {
  const parent = paths.parentOf(path);
  const entries = directories[parent];
  if (entries === undefined) return directories;
  const name = paths.nameOf(path);
  return {
    ...directories,
    [parent]: sorted([...entries.filter((entry) => entry.name !== name), { name, kind }]),
  };
}

function withoutEntry(directories: Directories, path: string): Directories {
  const parent = paths.parentOf(path);
  const entries = directories[parent];
  if (entries === undefined) return directories;
  const name = paths.nameOf(path);
  return { ...directories, [parent]: entries.filter((entry) => entry.name !== name) };
}

/** Whether a path is that of a folder, as far as its parent was listed. */
export function isFolder({ directories }: FilesState, path: string): boolean {
  return entryOf(directories, path)?.kind === "directory";
}

function entryOf(directories: Directories, path: string): DirectoryEntry | undefined {
  const name = paths.nameOf(path);
  return directories[paths.parentOf(path)]?.find((entry) => entry.name === name);
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** Directories first, then by name as people count: file2 before file10. */
function sorted(entries: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  return entries.toSorted((a, b) =>
    a.kind === b.kind ? collator.compare(a.name, b.name) : a.kind === "directory" ? -1 : 1,
  );
}

function filterSet(set: ReadonlySet<string>, keep: (value: string) => boolean) {
  return new Set([...set].filter(keep));
}

function filterKeys(directories: Directories, keep: (key: string) => boolean): Directories {
  return Object.fromEntries(Object.entries(directories).filter(([key]) => keep(key)));
}

/** One line of the tree as it is drawn. */
export interface FileRow {
  readonly path: string;
  readonly name: string;
  readonly kind: "file" | "directory";
  readonly depth: number;
  readonly expanded: boolean;
  /** Of the directory's entries, from 1; with `siblings` what a screen reader tells. */
  readonly position: number;
  readonly siblings: number;
  /** Hidden by a leading dot, or the work of tools: drawn dimmed. */
  readonly dimmed: boolean;
  /** The directory's entries are on their way. */
  readonly loading: boolean;
}

const toolFolders = new Set([
  "node_modules",
  "__pycache__",
  "dist",
  "build",
  "target",
  "venv",
  "vendor",
  "coverage",
]);

/** The rows of the tree from top to bottom. */
export function fileRows(state: FilesState): readonly FileRow[] {
  return computeRows(state.directories, state.expanded, state.showHidden);
}

const computeRows = memoizeLast(
  (directories: Directories, expanded: ReadonlySet<string>, showHidden: boolean) => {
    const rows: FileRow[] = [];
    const walk = (directory: string, depth: number, dimmed: boolean): void => {
      const all = directories[directory] ?? [];
      const entries = showHidden ? all : all.filter((entry) => !isDimmed(entry.name));
      for (const [index, { name, kind }] of entries.entries()) {
        const path = paths.join(directory, name);
        const open = kind === "directory" && expanded.has(path);
        const faint = dimmed || isDimmed(name);
        rows.push({
          path,
          name,
          kind,
          depth,
          expanded: open,
          position: index + 1,
          siblings: entries.length,
          dimmed: faint,
          loading: open && directories[path] === undefined,
        });
        if (open) walk(path, depth + 1, faint);
      }
    };
    walk(paths.root, 0, false);
    return rows as readonly FileRow[];
  },
);

function isDimmed(name: string): boolean {
  return name.startsWith(".") || toolFolders.has(name);
}

/** The selection without what is inside another selected directory. */
export function topSelected(state: FilesState): readonly string[] {
  const all = [...state.selected];
  return all.filter((path) => !all.some((other) => other !== path && paths.isInside(path, other)));
}

/** The directory that new files go to: the focused one, or the one around the focused file. */
export function targetDirectory(state: FilesState): string {
  const { focused } = state;
  if (focused === undefined) return paths.root;
  return isFolder(state, focused) ? focused : paths.parentOf(focused);
}

/** Why `name` cannot be given in `parent`, or undefined when it can. */
export function nameProblem(
  state: FilesState,
  parent: string,
  name: string,
  except?: string,
): string | undefined {
  if (name.trim() === "") return "A name is needed.";
  if (name.includes("\0") || name.split("/").some((part) => part === "." || part === "..")) {
    return "This name is not allowed.";
  }
  const path = paths.join(parent, name);
  if (path !== except && entryOf(state.directories, path) !== undefined) {
    return `${name} already exists here.`;
  }
  return undefined;
}

/** What an operation on files ended in: an error's sentence, or a way to take it back. */
export interface FilesOutcome {
  readonly failure?: string;
  readonly undo?: () => Promise<FilesOutcome>;
}

export type SelectMode = "only" | "toggle" | "range";

export interface FilesActions {
  openRoot(): Promise<void>;
  toggle(path: string, expanded?: boolean): void;
  collapseAll(): void;
  /** Opens the directories above `path` and selects it. */
  reveal(path: string): void;
  select(path: string, mode: SelectMode): void;
  setShowHidden(show: boolean): void;
  startNaming(naming: Naming | undefined): void;
  create(parent: string, name: string, entry: "file" | "directory"): Promise<FilesOutcome>;
  rename(path: string, name: string): Promise<FilesOutcome>;
  moveInto(sources: readonly string[], directory: string): Promise<FilesOutcome>;
  /**
   * Copies files and directories, with the history of their texts, into a directory, or beside
   * themselves without one, under names that are free.
   */
  copy(sources: readonly string[], directory?: string): Promise<FilesOutcome>;
  /** Removes files and directories; `undo` is there when everything could be kept aside. */
  remove(targets: readonly string[]): Promise<FilesOutcome>;
  upload(directory: string, items: readonly UploadItem[]): Promise<FilesOutcome>;
  answerConflict(answer: "replace" | "keep-both" | "skip"): void;
  cancelUpload(id: number): void;
  read(path: string): Promise<FileBytes>;
  /** Refreshes the list of all files, for quick open. */
  listAll(): Promise<void>;
}

/** A file's content, or why there is none; neither while it is on its way. */
export interface FileBytes {
  readonly bytes?: Uint8Array;
  readonly failure?: string;
  /** It is more than can be sent, so it is of no use to try again. */
  readonly isTooLarge?: boolean;
}

export function createFilesActions(client: Client, cell: Cell<FilesState>): FilesActions {
  const { files } = client;

  async function openDirectory(path: string): Promise<void> {
    const result = await files.openDirectory(path);
    if (result.ok) {
      cell.update((state) => applyFiles(state, { kind: "listed", path, entries: result.value }));
    } else if (path === paths.root) {
      cell.update((state) => ({ ...state, failure: result.error.message }));
    } else {
      cell.update((state) => ({
        ...state,
        expanded: filterSet(state.expanded, (other) => other !== path),
      }));
    }
  }

  function toggle(path: string, expanded?: boolean): void {
    const open = expanded ?? !cell.get().expanded.has(path);
    cell.update((state) => ({
      ...state,
      expanded: open
        ? new Set([...state.expanded, path])
        : filterSet(state.expanded, (other) => other !== path),
    }));
    if (open && cell.get().directories[path] === undefined) void openDirectory(path);
  }

  async function move(from: string, to: string): Promise<string | undefined> {
    const result = await files.move(from, to);
    if (!result.ok) return result.error.message;
    // The event of the move may come later than the next thing a person does.
    cell.update((state) =>
      entryOf(state.directories, from) === undefined ? state : movePath(state, from, to),
    );
    return undefined;
  }

  async function moveAll(
    moves: readonly (readonly [from: string, to: string])[],
  ): Promise<FilesOutcome> {
    const done: (readonly [string, string])[] = [];
    for (const [from, to] of moves) {
      const failure = await move(from, to);
      if (failure !== undefined) return { failure };
      done.push([to, from]);
    }
    return { undo: () => moveAll(done.toReversed()) };
  }

  const uploads = createUploads(files, {
    exists: (path) => entryOf(cell.get().directories, path) !== undefined,
    change: (change) => cell.update((state) => ({ ...state, ...change(state) })),
  });

  return {
    openRoot: () => openDirectory(paths.root),
    toggle,
    collapseAll: () => cell.update((state) => ({ ...state, expanded: new Set() })),
    reveal(path) {
      for (const directory of paths.ancestors(path)) toggle(directory, true);
      cell.update((state) => ({
        ...state,
        selected: new Set([path]),
        focused: path,
        anchor: path,
      }));
    },
    select(path, mode) {
      cell.update((state) => selectPath(state, path, mode));
    },
    setShowHidden: (showHidden) => cell.update((state) => ({ ...state, showHidden })),
    startNaming(naming) {
      if (naming?.kind === "create" && naming.parent !== paths.root) toggle(naming.parent, true);
      cell.update((state) => ({ ...state, naming }));
    },
    async create(parent, name, entry) {
      cell.update((state) => ({ ...state, naming: undefined }));
      const path = paths.join(parent, name);
      const result =
        entry === "directory" ? await files.mkdir(path) : await files.write(path, new Uint8Array());
      if (!result.ok) return { failure: result.error.message };
      cell.update((state) => ({
        ...applyFiles(state, { kind: "created", path, entry }),
        selected: new Set([path]),
        focused: path,
        anchor: path,
      }));
      return {};
    },
    async rename(path, name) {
      cell.update((state) => ({ ...state, naming: undefined }));
      const to = paths.join(paths.parentOf(path), name);
      return to === path ? {} : moveAll([[path, to]]);
    },
    moveInto(sources, directory) {
      const moves = sources
        .filter((from) => !paths.isInside(directory, from) && paths.parentOf(from) !== directory)
        .map((from) => [from, paths.join(directory, paths.nameOf(from))] as const);
      return moveAll(moves);
    },
    async copy(sources, directory) {
      const copies: string[] = [];
      for (const from of sources) {
        const into = directory ?? paths.parentOf(from);
        const taken = (name: string) =>
          entryOf(cell.get().directories, paths.join(into, name)) !== undefined;
        const to = paths.join(into, paths.freeName(paths.nameOf(from), taken));
        const entry = entryOf(cell.get().directories, from)?.kind ?? "file";
        const result = await files.copy(from, to);
        if (!result.ok) return { failure: result.error.message };
        cell.update((state) => ({
          ...applyFiles(state, { kind: "created", path: to, entry }),
          selected: new Set([...copies, to]),
          focused: to,
          anchor: to,
        }));
        copies.push(to);
      }
      return {
        undo: async () => {
          for (const path of copies) {
            const result = await files.remove(path);
            if (!result.ok) return { failure: result.error.message };
          }
          return {};
        },
      };
    },
    async remove(targets) {
      const kept: Salvage[] = [];
      let whole = true;
      for (const path of targets) {
        const directory = entryOf(cell.get().directories, path)?.kind === "directory";
        const salvaged = await salvage(files, path, directory);
        if (salvaged === undefined) whole = false;
        else kept.push(salvaged);
        const result = await files.remove(path);
        if (!result.ok) return { failure: result.error.message };
        cell.update((state) => removePath(state, path));
      }
      if (!whole) return {};
      return {
        undo: async () => {
          for (const salvaged of kept) {
            const failure = await restore(files, salvaged);
            if (failure !== undefined) return { failure };
          }
          return {};
        },
      };
    },
    upload: (directory, items) => uploads.start(directory, items),
    answerConflict: (answer) => uploads.answer(answer),
    cancelUpload: (id) => uploads.cancel(id),
    async read(path) {
      const result = await files.read(path);
      if (result.ok) return { bytes: result.value };
      return { failure: result.error.message, isTooLarge: result.error.code === "too-large" };
    },
    async listAll() {
      const result = await files.listAll();
      if (result.ok) cell.update((state) => ({ ...state, all: result.value }));
    },
  };
}

function selectPath(state: FilesState, path: string, mode: SelectMode): FilesState {
  switch (mode) {
    case "only":
      return { ...state, selected: new Set([path]), focused: path, anchor: path };
    case "toggle": {
      const selected = new Set(state.selected);
      if (!selected.delete(path)) selected.add(path);
      return { ...state, selected, focused: path, anchor: path };
    }
    case "range": {
      const order = fileRows(state).map((row) => row.path);
      const from = order.indexOf(state.anchor ?? path);
      const to = order.indexOf(path);
      if (from < 0 || to < 0) return selectPath(state, path, "only");
      const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
      return { ...state, selected: new Set(range), focused: path };
    }
    default:
      return assertNever(mode);
  }
}
