export type RunEvent =
  | { readonly kind: "running" }
  | { readonly kind: "stopped" }
  /** Follows `stopped` when the container tells how the program ended. */
  | { readonly kind: "exited"; readonly code: number }
  /** What the container runs, and why. */
  | { readonly kind: "info"; readonly command: readonly string[]; readonly reason: string }
  | { readonly kind: "hint"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string };
