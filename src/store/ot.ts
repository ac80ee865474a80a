import { assertNever } from "#common/lib/assertNever.ts";
import type { DocumentState, Merged, OtEvent } from "#protocol/services/ot.ts";

export interface OtState {
  /** How far each open text is saved, by path. */
  readonly documents: Readonly<Record<string, DocumentState>>;
  /** The last time that a container came back with another text, by path. */
  readonly merges: Readonly<Record<string, Merged>>;
  /** Why this browser does not keep what is typed until it is saved. */
  readonly journalProblem: string | undefined;
}

export const initialOt: OtState = { documents: {}, merges: {}, journalProblem: undefined };

export function applyOt(state: OtState, event: OtEvent): OtState {
  switch (event.kind) {
    case "document":
      return { ...state, documents: { ...state.documents, [event.path]: event.state } };
    case "closed": {
      const { [event.path]: _closed, ...documents } = state.documents;
      return { ...state, documents };
    }
    case "merged": {
      const { path, ours, theirs, merged } = event;
      return { ...state, merges: { ...state.merges, [path]: { ours, theirs, merged } } };
    }
    case "journal":
      return { ...state, journalProblem: event.problem };
    default:
      return assertNever(event);
  }
}

/** Edits in all texts that the container has not yet acknowledged. */
export function unsentEdits(state: OtState): number {
  let unsent = 0;
  for (const document of Object.values(state.documents)) {
    if ("unsent" in document) unsent += document.unsent;
  }
  return unsent;
}

/** The same in words. */
export function describeUnsent(unsent: number): string {
  return `${unsent} ${unsent === 1 ? "edit" : "edits"} not yet saved`;
}

/** Why something is not stored although the container is there; undefined when nothing is wrong. */
export function storeProblem(state: OtState): string | undefined {
  for (const document of Object.values(state.documents)) {
    if (document.kind === "stuck" || document.kind === "failed") return document.message;
  }
  return undefined;
}

/** The one word at a tab: what would be lost if everything stopped now. */
export type SavedState = "opening" | "saved" | "sending" | "unsent" | "deleted" | "failed";

export function savedState(document: DocumentState | undefined): SavedState {
  switch (document?.kind) {
    case undefined:
    case "opening":
      return "opening";
    case "live":
      return document.unsent === 0 ? "saved" : "sending";
    case "offline":
      return document.unsent === 0 ? "saved" : "unsent";
    case "stuck":
      return "failed";
    case "deleted":
    case "failed":
      return document.kind;
    default:
      return assertNever(document);
  }
}
