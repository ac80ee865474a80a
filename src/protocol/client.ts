import { assertNever } from "#common/lib/assertNever.ts";
import type { Clock } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import type { RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";
import type { Result } from "#common/lib/result.ts";
import type { WorkerInit, WorkerPort } from "./bridge.ts";
import type { Anchors, OpenDocument } from "./document.ts";
import { DocumentAnchors } from "./document/anchors.ts";
import { Documents, type KeptEdits } from "./document/documents.ts";
import type { Journal } from "./document/journal.ts";
import type { ClientEvent } from "./events.ts";
import type { DirectoryEntry, FileStat } from "./services/files.ts";
import type { OtPacket } from "./services/ot.ts";
import type { View } from "./services/presence.ts";
import { Terminals, type TerminalCalls } from "./terminals.ts";
import { WorkerCaller } from "./workerCaller.ts";

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
    /** The page is looked at again: what waits to be tried is tried, what has ended stays. */
    wake(): void;
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
    /** Copies a file, or a directory with all that is in it, with the history of its texts. */
    copy(from: string, to: string): Answer<void>;
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
    /**
     * What made the versions of a file's text from version `from` on: some thousand at a time, none
     * behind the newest. The file need not be open, nor be there any more. An empty path stands for
     * all files that are gone: the newest packet of each, with the path in place of its op (OT34).
     */
    history(path: string, from: number): Answer<readonly OtPacket[]>;
    /**
     * The text of an open file, or of one with kept edits, as it would be with the edits that the
     * container lacks: one text for each page in which they were typed.
     */
    unsavedTexts(path: string): readonly string[];
    /** Forgets those edits. Whoever shows the file is to close it. */
    discardEdits(path: string): void;
    /** Edits that this browser has kept, and that a page which may only look does not send. */
    keptEdits(): Promise<readonly KeptEdits[]>;
    /**
     * Takes the edits that the container lacks of a file that is gone to the path `to`, and answers
     * whether it has gone there. Whoever shows `path` is to show `to` then.
     */
    followEdits(path: string, to: string): Promise<boolean>;
    /** Whether everything typed would outlive this page: the container has it, or this browser. */
    areEditsKept(): boolean;
    /** Follows places in an open text; owes a `dispose`. */
    anchors(document: OpenDocument): Anchors;
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
    /** What is said goes through the log `chat` of `metadata`. */
    setTyping(typing: boolean): void;
  };
  readonly presence: {
    /** Tells the others which file I look at; empty for none. */
    openFile(path: string): void;
    follow(session: number): void;
    unfollow(session: number): void;
    /** I am still here and doing something. Throttled by the client. */
    touch(): void;
    /** Tells the others what is in front here. Throttled by the client. */
    setView(view: View | undefined): void;
    /** The colour in which everyone sees me: an index of the palette. */
    setColor(color: number): void;
    /** Asks the others to come to a place. */
    call(view: View): void;
  };
  /** What the room knows besides its files; PROTOCOL.md lists the keys. */
  readonly metadata: {
    /** From here on `metadata` events tell its value, and each change that others make. */
    watch(key: string): void;
    /** Gives undefined when there is none. */
    read(key: string): Answer<string | undefined>;
    write(key: string, text: string): Answer<void>;
    /** Adds to the end of a value, which is empty when there is none. */
    append(key: string, text: string): Answer<void>;
  };
  readonly exec: {
    /** Runs a program in the repl's root and collects its output (stdout and stderr merged). */
    run(args: readonly string[]): Answer<{ readonly output: string; readonly failed?: string }>;
  };
}

/** Re-exported for the store and for bindings, which may not reach further down. */
export type { ClientEvent, KeptEdits, OpenDocument, TerminalCalls };

export interface ClientInit {
  /** The worker that runs `worker/main.ts`, or whatever does the same. */
  readonly port: WorkerPort;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Keeps what was typed until the container has it. */
  readonly journal: Journal;
  readonly start: WorkerInit;
}

/** Makes the client and has it connect. */
export function createClient(init: ClientInit): Client {
  const caller = new WorkerCaller(init.port);
  const events = new Emitter<readonly ClientEvent[]>();
  const terminals = new Terminals((tell) => caller.tell(tell));
  const documents = new Documents({
    ...init,
    caller,
    emit: (event) => events.emit([{ slice: "ot", event }]),
  });

  caller.onMessages((messages) => {
    const batch: ClientEvent[] = [];
    for (const message of messages) {
      switch (message.kind) {
        case "event":
          batch.push(message.event);
          break;
        case "answer":
          caller.settle(message.id, message.answer);
          break;
        case "output":
          terminals.show(message.terminal, message.bytes, message.size);
          break;
        case "ot":
          documents.handle(message.path, message.message);
          break;
        default:
          assertNever(message);
      }
    }
    if (batch.length > 0) events.emit(batch);
  });
  caller.start(init.start);

  const { call, tell } = caller;
  const shellCalls = terminals.calls("shell");
  return {
    onEvents: (listener) => events.on(listener),
    connection: {
      retryNow: () => tell({ kind: "retry-now" }),
      wake: () => tell({ kind: "wake" }),
      rename: (name) => call("control.rename", { name }),
      leave: () => {
        documents.stop();
        tell({ kind: "leave" });
      },
    },
    files: {
      openDirectory: (path) => call("files.openDirectory", { path }),
      read: (path) => call("files.read", { path }),
      write: (path, content) => call("files.write", { path, content }),
      mkdir: (path) => call("files.mkdir", { path }),
      remove: (path) => call("files.remove", { path }),
      move: (from, to) => call("files.move", { from, to }),
      copy: (from, to) => call("files.copy", { from, to }),
      stat: (path) => call("files.stat", { path }),
      listAll: () => call("files.listAll", {}),
    },
    ot: {
      openDocument: (path) => documents.open(path),
      history: (path, from) => call("ot.history", { path, from }),
      unsavedTexts: (path) => documents.textsOf(path),
      keptEdits: () => documents.kept(),
      discardEdits: (path) => documents.discard(path),
      followEdits: (path, to) => documents.follow(path, to),
      areEditsKept: () => documents.areKept,
      anchors: (document) =>
        new DocumentAnchors(document, (from) => call("ot.history", { path: document.path, from })),
    },
    shell: {
      ...shellCalls,
      open: (name) => tell({ kind: "shell-open", name }),
      close: (name, how) => tell({ kind: "shell-close", name, how }),
    },
    run: {
      ...terminals.calls("run"),
      start: () => call("run.start", {}),
      stop: () => call("run.stop", {}),
    },
    chat: {
      setTyping: (typing) => tell({ kind: "typing", typing }),
    },
    presence: {
      openFile: (path) => tell({ kind: "open-file", path }),
      follow: (session) => tell({ kind: "follow", session }),
      unfollow: (session) => tell({ kind: "unfollow", session }),
      touch: () => tell({ kind: "touch" }),
      setView: (view) => tell({ kind: "view", view }),
      setColor: (color) => tell({ kind: "color", color }),
      call: (view) => tell({ kind: "call", view }),
    },
    metadata: {
      watch: (key) => tell({ kind: "metadata-watch", key }),
      read: (key) => call("metadata.read", { key }),
      write: (key, text) => call("metadata.write", { key, text }),
      append: (key, text) => call("metadata.append", { key, text }),
    },
    exec: {
      run: (args) => call("exec.run", { args }),
    },
  };
}
