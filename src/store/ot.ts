import { assertNever } from "#common/lib/assertNever.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { KeptEdits } from "#protocol/client.ts";
import type { DocumentState, Merged, OtEvent } from "#protocol/services/ot.ts";

export interface OtState {
  /** What this browser has kept and this page may not send. */
  readonly kept: readonly KeptEdits[];
  /** How far each open text is saved, by path. */
  readonly documents: Readonly<Record<string, DocumentState>>;
  /** The last time that a container came back with another text, by path. */
  readonly merges: Readonly<Record<string, Merged>>;
  /** Why this browser does not keep what is typed until it is saved. */
  readonly journalProblem: string | undefined;
}

export const initialOt: OtState = {
  kept: [],
  documents: {},
  merges: {},
  journalProblem: undefined,
};

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

/** What I have typed into a file that the container does not take it for. */
export interface StrandedEdits {
  readonly path: string;
  readonly unsent: number;
  /** Why; undefined when the file is gone. */
  readonly problem: string | undefined;
  /** The text with them, where they wait for a page that may edit. */
  readonly text?: string;
}

const strandedIn = memoizeLast(
  (documents: OtState["documents"], kept: OtState["kept"]): readonly StrandedEdits[] => [
    ...Object.entries(documents).flatMap(([path, document]) => {
      if (document.kind !== "deleted" && document.kind !== "failed") return [];
      const problem = document.kind === "failed" ? document.message : undefined;
      return document.unsent === 0 ? [] : [{ path, unsent: document.unsent, problem }];
    }),
    ...kept.map(({ path, edits: unsent, text }) => {
      return { path, unsent, problem: "your link lets you look only", text };
    }),
  ],
);

/** Edits that wait in this browser for somebody to decide what becomes of them, by file. */
export function strandedEdits({ documents, kept }: OtState): readonly StrandedEdits[] {
  return strandedIn(documents, kept);
}

/** The same in words. */
export function describeStranded({ path, unsent, problem, text }: StrandedEdits): string {
  const what = unsent === 1 ? "1 edit of yours is" : `${unsent} edits of yours are`;
  if (text !== undefined) {
    return `${what} not in ${path}: your link lets you look only. What this browser keeps goes into the file when you come by a link that lets you edit.`;
  }
  const why = problem === undefined ? "is not there any more" : `cannot be edited (${problem})`;
  return `${path} ${why}; ${what} not in it.`;
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
