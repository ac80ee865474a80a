import type { Cell } from "#common/lib/cell.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { Client } from "#protocol/client.ts";

export interface SearchQuery {
  readonly text: string;
  readonly matchCase: boolean;
  readonly wholeWord: boolean;
  readonly regex: boolean;
  /** Names with wildcards, separated by commas; empty for all files. */
  readonly include: string;
}

export interface SearchHit {
  readonly line: number;
  readonly text: string;
}

export interface SearchState {
  readonly query: SearchQuery;
  readonly searching: boolean;
  readonly results: readonly { readonly path: string; readonly hits: readonly SearchHit[] }[];
  /** More than this many lines are not shown. */
  readonly cut: boolean;
  readonly failure: string | undefined;
  /** The query that the results belong to. */
  readonly answered: SearchQuery | undefined;
}

export const initialSearch: SearchState = {
  query: { text: "", matchCase: false, wholeWord: false, regex: false, include: "" },
  searching: false,
  results: [],
  cut: false,
  failure: undefined,
  answered: undefined,
};

const MAX_HITS = 2_000;
/** A line longer than this is not written by a person, and not read by one. */
const MAX_LINE_CHARS = 400;

/** The command that answers a query. `grep` is on every machine that has a shell. */
export function searchCommand(query: SearchQuery): readonly string[] {
  const excluded = [".git", "node_modules", "__pycache__", ".venv", "dist", "target"];
  const include = query.include
    .split(",")
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
  return [
    "grep",
    "-rnIZ",
    query.regex ? "-E" : "-F",
    ...(query.matchCase ? [] : ["-i"]),
    ...(query.wholeWord ? ["-w"] : []),
    ...excluded.map((name) => `--exclude-dir=${name}`),
    ...include.map((glob) => `--include=${glob}`),
    "-m",
    "200",
    "-e",
    query.text,
    ".",
  ];
}

/** Reads what the command printed: path, NUL, line number, colon, the line. */
export function parseSearch(output: string): Pick<SearchState, "results" | "cut"> {
  const byPath = new Map<string, SearchHit[]>();
  let count = 0;
  for (const row of output.split("\n")) {
    const nul = row.indexOf("\0");
    const colon = row.indexOf(":", nul);
    if (nul < 0 || colon < 0) continue;
    if (++count > MAX_HITS) break;
    const path = row.slice(0, nul).replace(/^\.\//, "");
    const hits = byPath.get(path) ?? [];
    byPath.set(path, hits);
    const text = row.slice(colon + 1, colon + 1 + MAX_LINE_CHARS).replace(/\r$/, "");
    hits.push({ line: Number(row.slice(nul + 1, colon)), text });
  }
  return {
    results: [...byPath].map(([path, hits]) => ({ path, hits })),
    cut: count > MAX_HITS,
  };
}

/** Where the query stands in a line, for drawing; empty when it cannot be told. */
export function matchRanges(
  query: SearchQuery,
  line: string,
): readonly (readonly [number, number])[] {
  const source = query.regex
    ? query.text
    : query.text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const bounded = query.wholeWord ? String.raw`(?<!\w)(?:${source})(?!\w)` : source;
  try {
    const pattern = new RegExp(bounded, query.matchCase ? "gu" : "giu");
    return [...line.matchAll(pattern)]
      .filter(([found]) => found !== "")
      .map((match) => [match.index, match.index + match[0].length] as const);
  } catch {
    // Not every expression of grep is one here.
    return [];
  }
}

export interface SearchActions {
  setQuery(change: Partial<SearchQuery>): void;
  run(): Promise<void>;
  /** Runs when nothing more was typed for a moment. */
  runSoon(): void;
}

/** Long enough not to search for every letter, short enough to feel immediate. */
const TYPING_PAUSE_MS = 250;

export function createSearchActions(
  { exec }: Client,
  cell: Cell<SearchState>,
  clock: Clock,
): SearchActions {
  let cancelRun: Cancel | undefined;
  const actions: SearchActions = {
    setQuery: (change) =>
      cell.update((state) => ({ ...state, query: { ...state.query, ...change } })),
    runSoon() {
      cancelRun?.();
      cancelRun = clock.after(TYPING_PAUSE_MS, () => void actions.run());
    },
    async run() {
      cancelRun?.();
      const { query } = cell.get();
      if (query.text === "") {
        cell.update((state) => ({ ...initialSearch, query: state.query }));
        return;
      }
      cell.update((state) => ({ ...state, searching: true }));
      const result = await exec.run(searchCommand(query));
      cell.update((state) => {
        // Someone has typed on: the later search answers.
        if (state.query !== query) return state;
        if (!result.ok) {
          return { ...state, searching: false, results: [], failure: result.error.message };
        }
        const { output, failed } = result.value;
        // grep ends with 1 when it found nothing and said nothing.
        const broken = failed !== undefined && output.trim() !== "" && !output.includes("\0");
        return {
          ...state,
          ...parseSearch(output),
          searching: false,
          answered: query,
          failure: broken ? output.trim() : undefined,
        };
      });
    },
  };
  return actions;
}
