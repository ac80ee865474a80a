export type ShellEvent =
  | { readonly kind: "opened"; readonly name: string }
  /** It could not be opened, or broke. */
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "running"; readonly name: string }
  /** Its program ended; Enter starts it again. */
  | { readonly kind: "exited"; readonly name: string; readonly code: number | undefined }
  | { readonly kind: "closed"; readonly name: string };
