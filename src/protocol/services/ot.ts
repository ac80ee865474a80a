/** How far the text of one open file is saved. */
export type DocumentState =
  | { readonly kind: "opening" }
  /** `unsent`: edits not yet acknowledged. Zero means that the container has them durably. */
  | { readonly kind: "live"; readonly unsent: number }
  /** Editing goes on; `unsent` edits wait for the connection. */
  | { readonly kind: "offline"; readonly unsent: number }
  | { readonly kind: "deleted" }
  | { readonly kind: "failed"; readonly message: string };

export type OtEvent =
  | { readonly kind: "document"; readonly path: string; readonly state: DocumentState }
  | { readonly kind: "closed"; readonly path: string };
