import type { Role } from "#protocol/services/control.ts";
import type { KnownRoom } from "./knownRoom.ts";

export interface Invite {
  readonly role: Role;
  readonly url: string;
}

export type HostAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly message: string;
      /** There was no answer at all; later there may be one. */
      readonly isUnreachable?: true;
    };

/** What the page asks its host for outside the room's protocol. */
export interface Host {
  /** A link for each role that I may invite to. */
  invites(): Promise<HostAnswer<readonly Invite[]>>;
  /**
   * Where a browser finds what listens on `port` in the container, with a key in its query that lets
   * this browser in.
   */
  previewLink(port: number): Promise<HostAnswer<string>>;
  /** Has an image kept for everyone in the room; answers with its name. */
  sendImage(image: Blob): Promise<HostAnswer<string>>;
  image(name: string): Promise<HostAnswer<Blob>>;
}

/** What the host sends along with the page, so that something can be read at once. */
export interface Poster extends KnownRoom {
  /** The project's main file and its beginning, if it has one. */
  readonly file: { readonly path: string; readonly text: string } | undefined;
}
