export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
}

export interface FileStat {
  readonly kind: "file" | "directory";
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

export type FilesEvent =
  /** The whole content of a directory that is open, at first and after a reconnect. */
  | {
      readonly kind: "listed";
      readonly path: string;
      readonly entries: readonly DirectoryEntry[];
    }
  | { readonly kind: "created"; readonly path: string; readonly entry: "file" | "directory" }
  | { readonly kind: "modified"; readonly path: string }
  | { readonly kind: "removed"; readonly path: string }
  | { readonly kind: "moved"; readonly path: string; readonly to: string };
