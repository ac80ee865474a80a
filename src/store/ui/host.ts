import type { Role } from "#protocol/services/control.ts";

export interface Invite {
  readonly role: Role;
  readonly url: string;
}

export type HostAnswer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** What the page asks its host for outside the room's protocol. */
export interface Host {
  /** A link for each role that I may invite to. */
  invites(): Promise<HostAnswer<readonly Invite[]>>;
  /** Where a browser finds what listens on `port` in the container. */
  previewUrl(port: number): Promise<HostAnswer<string>>;
}
