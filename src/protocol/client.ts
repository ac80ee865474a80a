import type { Op } from "#common/ot/op.ts";
import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import type { OpenDocument } from "./document.ts";
import type { ChatEvent } from "./services/chat.ts";
import type { ControlEvent } from "./services/control.ts";
import type { DirectoryEntry, FilesEvent, FileStat } from "./services/files.ts";
import type { OtEvent } from "./services/ot.ts";
import type { PresenceEvent } from "./services/presence.ts";
import type { RunEvent } from "./services/run.ts";
import type { ShellEvent } from "./services/shell.ts";

/** Everything that a batch can tell the store, by slice. Plain, readonly data. */
export type ClientEvent =
  | { readonly slice: "control"; readonly event: ControlEvent }
  | { readonly slice: "files"; readonly event: FilesEvent }
  | { readonly slice: "ot"; readonly event: OtEvent }
  | { readonly slice: "shell"; readonly event: ShellEvent }
  | { readonly slice: "run"; readonly event: RunEvent }
  | { readonly slice: "chat"; readonly event: ChatEvent }
  | { readonly slice: "presence"; readonly event: PresenceEvent };

export type Answer<T> = Promise<Result<T, RequestError>>;

/**
 * The main thread's handle of the protocol. Calls of a lost connection wait for the next one when
 * repeating them is harmless, and otherwise answer `unavailable`. No promise stays open for ever.
 */
export interface Client {
  /**
   * Subscribes to what happens. Events come in the order of the wire, at most one batch per
   * animation frame. Terminal bytes and OT operations are not among them.
   */
  onEvents(listener: (events: readonly ClientEvent[]) => void): () => void;
  readonly connection: {
    /** Skips the wait of a backoff. */
    retryNow(): void;
    /** The name that others see; also remembered for the next connection. */
    rename(name: string): Answer<void>;
    /** Leaves for good: no grace period on the container's side. */
    leave(): void;
  };
  readonly files: {
    /** Lists a directory and keeps it up to date: changes arrive as `files` events. */
    openDirectory(path: string): Answer<readonly DirectoryEntry[]>;
    read(path: string): Answer<Uint8Array>;
    write(path: string, content: Uint8Array): Answer<void>;
    mkdir(path: string): Answer<void>;
    remove(path: string): Answer<void>;
    move(from: string, to: string): Answer<void>;
    stat(path: string): Answer<FileStat | undefined>;
    /** All files of the repl below the ignored ones, for quick open. */
    listAll(): Answer<readonly string[]>;
  };
  readonly ot: {
    /**
     * Opens the text of a file, or returns the one that is open; every `openDocument` needs one
     * `document.close()`. Fails with `not-text` or `too-large` when it cannot be edited.
     */
    openDocument(path: string): Answer<OpenDocument>;
  };
  readonly shell: TerminalCalls & {
    /** Opens a terminal of that channel name; it is created when nobody has it. */
    open(name: string): void;
    /** Detaches from it; `end` also ends the program for everyone. */
    close(name: string, how: "detach" | "end"): void;
  };
  readonly run: TerminalCalls & {
    start(): Answer<void>;
    stop(): Answer<void>;
  };
  readonly chat: {
    say(text: string): Answer<void>;
    setTyping(typing: boolean): void;
  };
  readonly presence: {
    /** Tells the others which file I look at; empty for none. */
    openFile(path: string): void;
    follow(session: number): void;
    unfollow(session: number): void;
    /** I am still here and doing something. Throttled by the client. */
    touch(): void;
  };
  readonly exec: {
    /** Runs a program in the repl's root and collects its output (stdout and stderr merged). */
    run(args: readonly string[]): Answer<{ readonly output: string; readonly failed?: string }>;
  };
}

/** What the panes of terminals need. `id` is the channel's name (`run` has one terminal only). */
export interface TerminalCalls {
  /**
   * Receives the terminal's bytes: first the screen as it is, then what follows. The consumer calls
   * `drawn` when a piece is on the screen, which is what lets more of it come.
   */
  onOutput(id: string, listener: (bytes: Uint8Array, drawn: () => void) => void): () => void;
  input(id: string, text: string): void;
  resize(id: string, cols: number, rows: number): void;
  /** Clears screen and scrollback for all (`shell`), or resets the terminal's modes. */
  clear(id: string): void;
  sane(id: string): void;
}

/** Re-exported for bindings, which may not reach further down. */
export type { Op, OpenDocument };
