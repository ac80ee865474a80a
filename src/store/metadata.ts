import { assertNever } from "#common/lib/assertNever.ts";
import type { MetadataEvent } from "#protocol/services/metadata.ts";

export interface MetadataState {
  /** Everyone who was ever here, by account. */
  readonly names: Readonly<Record<number, string>>;
}

export const initialMetadata: MetadataState = { names: {} };

/** What is watched; PROTOCOL.md says what each key holds. */
export const METADATA_KEYS = ["people"] as const;

export function applyMetadata(state: MetadataState, event: MetadataEvent): MetadataState {
  switch (event.kind) {
    case "value":
      return event.key === "people" ? { ...state, names: namesIn(event.text) } : state;
    case "added":
      return state;
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
