/**
 * What a tab of the dock shows. A pane's name is its identity: it keeps its content when it is moved,
 * and is stored from one visit to the next.
 */
export type Pane =
  | {
      readonly kind: "file";
      readonly path: string;
      /** 1, or more for a second look. */ readonly view: number;
    }
  /** What a file has been. */
  | { readonly kind: "history"; readonly path: string }
  | { readonly kind: "shell"; readonly name: string }
  | { readonly kind: "console" }
  | { readonly kind: "preview" }
  | { readonly kind: "chat" }
  /** The files that can be brought back. */
  | { readonly kind: "deleted" };

export const CONSOLE_PANE = "console";
export const PREVIEW_PANE = "preview";
export const CHAT_PANE = "chat";
export const DELETED_PANE = "deleted";

const singles = [CONSOLE_PANE, PREVIEW_PANE, CHAT_PANE, DELETED_PANE] as const;

export function filePane(path: string, view = 1): string {
  return view === 1 ? `file:${path}` : `file#${view}:${path}`;
}

export function historyPane(path: string): string {
  return `history:${path}`;
}

export function shellPane(name: string): string {
  return `shell:${name}`;
}

/** The name of one more look at a file that is open already. */
export function nextView(open: readonly string[], path: string): string {
  for (let view = 2; ; view++) {
    const pane = filePane(path, view);
    if (!open.includes(pane)) return pane;
  }
}

/** Reads a pane's name; undefined for one of another time. */
export function parsePane(id: string): Pane | undefined {
  const single = singles.find((name) => name === id);
  if (single !== undefined) return { kind: single };
  const [, kind, view, rest] = /^(file|history|shell)(?:#(\d+))?:(.+)$/s.exec(id) ?? [];
  if (rest === undefined) return undefined;
  if (kind === "shell") return { kind, name: rest };
  return kind === "history"
    ? { kind, path: rest }
    : { kind: "file", path: rest, view: view === undefined ? 1 : Number(view) };
}

/** The file whose history a pane shows, if it shows one. */
export function historyOfPane(id: string | undefined): string | undefined {
  const pane = id === undefined ? undefined : parsePane(id);
  return pane?.kind === "history" ? pane.path : undefined;
}

/** The file that a pane shows, if it shows one. */
export function fileOfPane(id: string | undefined): string | undefined {
  const pane = id === undefined ? undefined : parsePane(id);
  return pane?.kind === "file" ? pane.path : undefined;
}
