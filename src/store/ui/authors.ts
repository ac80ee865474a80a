import { authorName } from "../metadata.ts";
import { colorOf } from "../presence.ts";
import type { IdeState } from "../store.ts";

/** Whoever made an edit. A program has no colour. */
export interface Author {
  readonly name: string;
  readonly color: number | undefined;
}

export type AuthorsState = Pick<IdeState, "metadata" | "presence">;

export function authorOf(state: AuthorsState, userId: number): Author {
  const name = authorName(state, userId);
  if (userId === 0) return { name, color: undefined };
  return { name, color: colorOf(state.presence, userId) };
}
