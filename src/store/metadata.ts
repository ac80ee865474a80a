import { assertNever } from "#common/lib/assertNever.ts";
import { randomId, type Random } from "#common/lib/random.ts";
import type { Client } from "#protocol/client.ts";
import type { Anchor } from "#protocol/document.ts";
import type { MetadataEvent } from "#protocol/services/metadata.ts";
import { applyThreadLines, type Thread, type ThreadEntry } from "./metadata/threads.ts";
import {
  addVersionNames,
  addVersionSaves,
  type VersionNames,
  type VersionSaves,
} from "./metadata/versionNames.ts";

export interface MetadataState {
  /** Everyone who was ever here, by account. */
  readonly names: Readonly<Record<number, string>>;
  /** Comments on texts, in the order in which they were opened. */
  readonly threads: readonly Thread[];
  /** Whether these are all that there are; before that, nothing is news. */
  readonly hasThreads: boolean;
  /** What versions of texts are called; watched once somebody looks at a history. */
  readonly versionNames: VersionNames;
  /** Who has saved which version by hand; watched with the names. */
  readonly versionSaves: VersionSaves;
}

export const VERSION_NAMES = "versions";
export const VERSION_SAVES = "saves";

export const initialMetadata: MetadataState = {
  names: {},
  threads: [],
  hasThreads: false,
  versionNames: {},
  versionSaves: {},
};

/** What is watched; PROTOCOL.md says what each key holds. */
export const METADATA_KEYS = ["people", "threads", "chat"] as const;

export function applyMetadata(state: MetadataState, event: MetadataEvent): MetadataState {
  switch (event.kind) {
    case "value":
      if (event.key === "people") return { ...state, names: namesIn(event.text) };
      if (event.key === "threads") {
        return { ...state, threads: applyThreadLines([], event.text), hasThreads: true };
      }
      if (event.key === VERSION_SAVES) {
        return { ...state, versionSaves: addVersionSaves({}, event.text) };
      }
      if (event.key !== VERSION_NAMES) return state;
      return { ...state, versionNames: addVersionNames({}, event.text) };
    case "added":
      if (event.key === "threads") {
        return { ...state, threads: applyThreadLines(state.threads, event.text) };
      }
      if (event.key === VERSION_SAVES) {
        return { ...state, versionSaves: addVersionSaves(state.versionSaves, event.text) };
      }
      if (event.key !== VERSION_NAMES) return state;
      return { ...state, versionNames: addVersionNames(state.versionNames, event.text) };
    default:
      return assertNever(event);
  }
}

/** The container writes it whole, so it is well-formed unless it is not there yet. */
function namesIn(text: string): MetadataState["names"] {
  const people = JSON.parse(text || "{}") as Record<string, { readonly name: string }>;
  return Object.fromEntries(Object.entries(people).map(([userId, { name }]) => [userId, name]));
}

interface NamesOfAll {
  readonly metadata: MetadataState;
  readonly presence: {
    readonly people: readonly { readonly userId: number; readonly name: string }[];
  };
}

/** Who wrote something, whether they are here or not. Programs write as user 0 (TK9). */
export function authorName({ metadata, presence }: NamesOfAll, userId: number): string {
  if (userId === 0) return "Program";
  const here = presence.people.find((person) => person.userId === userId);
  return here?.name ?? metadata.names[userId] ?? "Someone";
}

/** Each answers why it was not done, or nothing when it was. */
export interface MetadataActions {
  /** The id of the new thread, when there is one. */
  openThread(path: string, anchor: Anchor, text: string): Promise<ThreadOpened>;
  reply(thread: string, text: string): Promise<string | undefined>;
  editComment(thread: string, comment: string, text: string): Promise<string | undefined>;
  deleteComment(thread: string, comment: string): Promise<string | undefined>;
  setResolved(thread: string, isResolved: boolean): Promise<string | undefined>;
  /** Tells where a thread is by now, so that nobody has to go through all that was typed since. */
  anchorThread(thread: string, anchor: Anchor): void;
}

interface ThreadOpened {
  readonly id: string;
  readonly failure: string | undefined;
}

export function createMetadataActions({ metadata }: Client, random: Random): MetadataActions {
  async function add(entry: ThreadEntry): Promise<string | undefined> {
    const result = await metadata.append("threads", JSON.stringify(entry));
    return result.ok ? undefined : result.error.message;
  }
  return {
    async openThread(path, anchor, text) {
      const id = randomId(random);
      return { id, failure: await add({ kind: "opened", id, path, ...anchor, text }) };
    },
    reply: (thread, text) => add({ kind: "replied", thread, id: randomId(random), text }),
    editComment: (thread, comment, text) => add({ kind: "edited", thread, comment, text }),
    deleteComment: (thread, comment) => add({ kind: "deleted", thread, comment }),
    setResolved: (thread, isResolved) =>
      add({ kind: isResolved ? "resolved" : "reopened", thread }),
    anchorThread(thread, { version, from, to }) {
      void add({ kind: "anchored", thread, version, from, to });
    },
  };
}
