import { assertNever } from "#common/lib/assertNever.ts";
import type { Client } from "#protocol/client.ts";
import type { ShellEvent } from "#protocol/services/shell.ts";

/** What became of a terminal; its screen is nobody's business here. */
export type ShellStatus =
  | { readonly kind: "opening" }
  | { readonly kind: "running" }
  | { readonly kind: "exited"; readonly code: number | undefined }
  | { readonly kind: "failed"; readonly message: string };

export interface ShellState {
  readonly shells: Readonly<Record<string, ShellStatus>>;
}

export const initialShell: ShellState = { shells: {} };

export function applyShell(state: ShellState, event: ShellEvent): ShellState {
  const become = (status: ShellStatus): ShellState => ({
    shells: { ...state.shells, [event.name]: status },
  });
  switch (event.kind) {
    case "opened":
      // The prompt may already have been reported while the answer to the opening was on its way.
      return state.shells[event.name]?.kind === "running" ? state : become({ kind: "opening" });
    case "running":
      return become({ kind: "running" });
    case "exited":
      return become({ kind: "exited", code: event.code });
    case "failed":
      return become({ kind: "failed", message: event.message });
    case "closed": {
      const { [event.name]: _closed, ...shells } = state.shells;
      return { shells };
    }
    default:
      return assertNever(event);
  }
}

/** The shell everyone meets in. */
export const SHARED_SHELL = "sheller";

const PRIVATE_SHELL = "private-";

/** The name of a terminal that nobody else can come across. */
export function privateShell(secret: string): string {
  return `${PRIVATE_SHELL}${secret}`;
}

export function isPrivateShell(name: string): boolean {
  return name.startsWith(PRIVATE_SHELL);
}

/** What a tab calls the terminal of channel `name`. */
export function shellTitle(name: string): string {
  if (name === SHARED_SHELL) return "Shell";
  const numbered = /^sheller-(\d+)$/.exec(name);
  if (numbered !== null) return `Shell ${numbered[1]}`;
  return isPrivateShell(name) ? "Private shell" : name;
}

/** The first shared shell's name that is not among `open`. */
export function nextShellName(open: readonly string[]): string {
  if (!open.includes(SHARED_SHELL)) return SHARED_SHELL;
  for (let number = 2; ; number++) {
    const name = `${SHARED_SHELL}-${number}`;
    if (!open.includes(name)) return name;
  }
}

export interface ShellActions {
  end(name: string): void;
  detach(name: string): void;
  clear(name: string): void;
  sane(name: string): void;
}

export function createShellActions({ shell }: Client): ShellActions {
  return {
    end: (name) => shell.close(name, "end"),
    detach: (name) => shell.close(name, "detach"),
    clear: (name) => shell.clear(name),
    sane: (name) => shell.sane(name),
  };
}
