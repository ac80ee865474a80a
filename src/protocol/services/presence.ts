export interface Person {
  readonly session: number;
  /** Equal for two tabs of one person. */
  readonly userId: number;
  readonly name: string;
  readonly role: "owner" | "editor" | "viewer";
}

export type PresenceEvent =
  /** Everyone who is here, with the file each one looks at. */
  | {
      readonly kind: "roster";
      readonly people: readonly Person[];
      readonly files: Readonly<Record<number, string>>;
    }
  | { readonly kind: "joined"; readonly person: Person }
  | { readonly kind: "left"; readonly session: number }
  | { readonly kind: "opened-file"; readonly session: number; readonly path: string }
  | { readonly kind: "follows"; readonly session: number; readonly following: boolean }
  | { readonly kind: "active"; readonly session: number; readonly atMs: number };
