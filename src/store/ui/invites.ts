import type { Cell } from "#common/lib/cell.ts";
import type { Host, Invite } from "./host.ts";

export interface InvitesState {
  readonly links: readonly Invite[] | undefined;
  readonly failure: string | undefined;
}

export const initialInvites: InvitesState = { links: undefined, failure: undefined };

export interface InvitesActions {
  /** Fetches the links once; later calls ask again only after a failure. */
  load(): Promise<void>;
}

export function createInvitesActions(host: Host, cell: Cell<InvitesState>): InvitesActions {
  return {
    async load() {
      if (cell.get().links !== undefined) return;
      const answer = await host.invites();
      cell.update(() =>
        answer.ok
          ? { links: answer.value, failure: undefined }
          : { links: undefined, failure: answer.message },
      );
    },
  };
}
