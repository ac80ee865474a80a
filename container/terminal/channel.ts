import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";
import type { Session } from "../service.ts";

/** The bodies that every terminal speaks, whichever service it belongs to. */
export type TerminalBody = BodyInitFor<"shell"> & BodyInitFor<"run">;

/** Those of them that mean the same in a shell and in the console. */
export type TerminalRequest = Exclude<BodyFor<"shell"> & BodyFor<"run">, { case: "clear" }>;

/** The channel of a shell or of the console, as far as their terminal needs it. */
export interface TerminalChannel {
  readonly sessions: ReadonlySet<Session>;
  send(to: Session, body: TerminalBody, ref?: string): void;
  broadcast(body: TerminalBody): void;
}
