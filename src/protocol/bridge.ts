import type { ErrorCode } from "#common/lib/errors.ts";
import type { Pending } from "#common/ot/client.ts";
import type { ClientEvent } from "./events.ts";
import type { ExecResult } from "./services/exec.ts";
import type { DirectoryEntry, FileStat } from "./services/files.ts";
import type { OtMessage, OtPacket, OwnCursor } from "./services/ot.ts";
import type { View } from "./services/presence.ts";
import type { TerminalSize } from "./terminal.ts";

/**
 * What the main thread and the protocol worker say to each other. Plain data only; each side sends
 * what one turn brings as one list, and the other takes it in that order.
 */
export type ToWorker =
  /** The first message, once. */
  | { readonly kind: "start"; readonly init: WorkerInit }
  /** Answered by an `answer` with the same `id`. */
  | { readonly kind: "call"; readonly id: number; readonly call: Call }
  /** Not answered. */
  | { readonly kind: "tell"; readonly tell: Tell };

export type FromWorker =
  | { readonly kind: "event"; readonly event: ClientEvent }
  | { readonly kind: "answer"; readonly id: number; readonly answer: BridgeAnswer }
  /**
   * The buffer of `bytes` is transferred. `terminal-drawn` is due once they are on the screen. `size`
   * is the terminal's from before these bytes on.
   */
  | {
      readonly kind: "output";
      readonly terminal: TerminalId;
      readonly bytes: Uint8Array;
      readonly size?: TerminalSize;
    }
  | { readonly kind: "ot"; readonly path: string; readonly message: OtMessage };

export interface WorkerInit {
  readonly replId: string;
  readonly invite: string;
  readonly guest: string;
  /** Where the page is, and its host's API below: `https://tandem.example/`. */
  readonly origin: string;
  /** The name that a guest has chosen; empty for none. */
  readonly name: string;
}

export interface TerminalId {
  readonly slice: "shell" | "run";
  /** The channel's name; empty for `run`. */
  readonly name: string;
}

/** Calls that are answered: what each one takes, and what it gives when it succeeds. */
export interface Calls {
  "control.rename": { readonly takes: { readonly name: string }; readonly gives: void };
  "files.openDirectory": { readonly takes: Path; readonly gives: readonly DirectoryEntry[] };
  /** The buffer of the answer is transferred. */
  "files.read": { readonly takes: Path; readonly gives: Uint8Array };
  "files.write": {
    readonly takes: Path & { readonly content: Uint8Array };
    readonly gives: void;
  };
  "files.mkdir": { readonly takes: Path; readonly gives: void };
  "files.remove": { readonly takes: Path; readonly gives: void };
  "files.copy": {
    readonly takes: { readonly from: string; readonly to: string };
    readonly gives: void;
  };
  "files.move": {
    readonly takes: { readonly from: string; readonly to: string };
    readonly gives: void;
  };
  "files.stat": { readonly takes: Path; readonly gives: FileStat | undefined };
  "files.listAll": { readonly takes: object; readonly gives: readonly string[] };
  /** `life` is the one of the `attached` message: it is refused when that is over. */
  "ot.send": {
    readonly takes: Path & {
      readonly life: number;
      readonly base: number;
      readonly pending: Pending;
    };
    readonly gives: void;
  };
  "ot.fetch": {
    readonly takes: Path & { readonly life: number; readonly from: number; readonly to: number };
    readonly gives: readonly OtPacket[];
  };
  /** The packets from version `from` on, some thousand at a time; none behind the newest. */
  "ot.history": {
    readonly takes: Path & { readonly from: number };
    readonly gives: readonly OtPacket[];
  };
  "ot.flush": { readonly takes: Path; readonly gives: void };
  "run.start": { readonly takes: object; readonly gives: void };
  "run.stop": { readonly takes: object; readonly gives: void };
  /** Undefined when there is none. */
  "metadata.read": { readonly takes: Key; readonly gives: string | undefined };
  "metadata.write": { readonly takes: Key & { readonly text: string }; readonly gives: void };
  "metadata.append": { readonly takes: Key & { readonly text: string }; readonly gives: void };
  "exec.run": { readonly takes: { readonly args: readonly string[] }; readonly gives: ExecResult };
}

interface Path {
  readonly path: string;
}

interface Key {
  readonly key: string;
}

export type CallName = keyof Calls;
export type Call = { [N in CallName]: CallOf<N> }[CallName];
export interface CallOf<N extends CallName> {
  readonly name: N;
  readonly takes: Calls[N]["takes"];
}

export type BridgeAnswer =
  | { readonly ok: true; readonly value: Calls[CallName]["gives"] }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export type Tell =
  | { readonly kind: "retry-now" }
  | { readonly kind: "wake" }
  | { readonly kind: "leave" }
  | { readonly kind: "online"; readonly online: boolean }
  /** From here on `ot` messages of that path follow, first `attached` or `failed`. */
  | { readonly kind: "ot-open"; readonly path: string }
  | { readonly kind: "ot-close"; readonly path: string }
  | { readonly kind: "ot-reopen"; readonly path: string }
  | { readonly kind: "ot-cursors"; readonly path: string; readonly cursors: readonly OwnCursor[] }
  | { readonly kind: "shell-open"; readonly name: string }
  | { readonly kind: "shell-close"; readonly name: string; readonly how: "detach" | "end" }
  | { readonly kind: "terminal-watch"; readonly terminal: TerminalId; readonly watched: boolean }
  /** The oldest `output` that was not yet told of is on the screen. */
  | { readonly kind: "terminal-drawn"; readonly terminal: TerminalId }
  | { readonly kind: "terminal-input"; readonly terminal: TerminalId; readonly text: string }
  | {
      readonly kind: "terminal-resize";
      readonly terminal: TerminalId;
      readonly cols: number;
      readonly rows: number;
    }
  | { readonly kind: "terminal-clear"; readonly terminal: TerminalId }
  | { readonly kind: "terminal-sane"; readonly terminal: TerminalId }
  | { readonly kind: "typing"; readonly typing: boolean }
  | { readonly kind: "open-file"; readonly path: string }
  | { readonly kind: "follow"; readonly session: number }
  | { readonly kind: "unfollow"; readonly session: number }
  | { readonly kind: "touch" }
  | { readonly kind: "view"; readonly view: View | undefined }
  | { readonly kind: "color"; readonly color: number }
  | { readonly kind: "call"; readonly view: View }
  | { readonly kind: "metadata-watch"; readonly key: string };

/** The buffers of a list of messages that move to the other side instead of being copied. */
export function transferables(messages: readonly FromWorker[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const message of messages) {
    const bytes =
      message.kind === "output"
        ? message.bytes
        : message.kind === "answer" && message.answer.ok
          ? message.answer.value
          : undefined;
    if (bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer) {
      buffers.add(bytes.buffer);
    }
  }
  return [...buffers];
}

/** The main thread's end: a `Worker` or a `MessagePort`. */
export interface WorkerPort {
  postMessage(messages: readonly ToWorker[]): void;
  onmessage: ((event: MessageEvent<readonly FromWorker[]>) => void) | null;
}
