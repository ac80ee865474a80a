import type { Cell } from "#common/lib/cell.ts";

/** What lies over the workspace; at most one thing at a time. */
export type Overlay =
  /** One field for files, `>` commands, `:` lines and `@` people. */
  | { readonly kind: "palette"; readonly query: string }
  | { readonly kind: "invite" }
  | { readonly kind: "settings" }
  | { readonly kind: "shortcuts" }
  | { readonly kind: "notifications" }
  /** What was made of a file's text when the container came back with another one. */
  | { readonly kind: "merge"; readonly path: string }
  /** Edits that cannot be saved where they were made. */
  | { readonly kind: "stranded" }
  | { readonly kind: "confirm"; readonly question: Question };

export interface Question {
  readonly title: string;
  readonly detail: string;
  readonly confirmLabel: string;
  readonly danger: boolean;
}

export interface OverlayState {
  readonly open: Overlay | undefined;
}

export const initialOverlay: OverlayState = { open: undefined };

export interface OverlayActions {
  open(overlay: Exclude<Overlay, { kind: "confirm" }>): void;
  close(): void;
  /** Resolves with what the person decides; closing it is a no. */
  confirm(question: Question): Promise<boolean>;
  answer(yes: boolean): void;
}

export function createOverlayActions(cell: Cell<OverlayState>): OverlayActions {
  let waiting: ((yes: boolean) => void) | undefined;
  function answer(yes: boolean): void {
    cell.update(() => ({ open: undefined }));
    waiting?.(yes);
    waiting = undefined;
  }
  return {
    open(overlay) {
      answer(false);
      cell.update(() => ({ open: overlay }));
    },
    close: () => answer(false),
    confirm(question) {
      answer(false);
      cell.update(() => ({ open: { kind: "confirm", question } }));
      return new Promise((resolve) => (waiting = resolve));
    },
    answer,
  };
}
