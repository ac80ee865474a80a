import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";

/**
 * Everything that services need from the machine they run on. `container/node` provides it over
 * real files and processes, tests over memory; a service reaches the outside in no other way.
 */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly files: FileSystem;
  readonly processes: Processes;
  readonly storage: Storage;
  readonly ports: PortWatcher;
}

/**
 * A path inside the repl: relative, `/`-separated, normalised, `.` for the root. Only
 * `container/paths.ts` makes one, so that holding one proves that it stays inside (FI1).
 */
export type ReplPath = string & { readonly __brand: "ReplPath" };

export interface FileStat {
  readonly kind: "file" | "directory";
  readonly sizeBytes: number;
  /** Permission text as `ls -l` prints it, such as `-rw-r--r--`. */
  readonly mode: string;
  /** When the content last changed, as programs may set it; milliseconds since the epoch. */
  readonly modifiedMs: number;
  /** When content, name or mode last changed; no program can set it back. */
  readonly changedMs: number;
}

export interface DirectoryEntry {
  /** Bare name, not a path. */
  readonly name: string;
  /** A symbolic link is what it leads to; a file when that is nothing, or outside. */
  readonly kind: "file" | "directory";
  readonly isLink?: true;
}

/**
 * What has happened at a path. A file that was replaced is `modified`. `moved` is told to those who
 * watch where it came from, `created` to those who watch only where it went; without a watch at
 * both ends it is `removed` or `created`.
 */
export type FileChange =
  | { readonly kind: "created"; readonly path: ReplPath; readonly entry: "file" | "directory" }
  | { readonly kind: "modified"; readonly path: ReplPath }
  | { readonly kind: "removed"; readonly path: ReplPath }
  | {
      readonly kind: "moved";
      readonly path: ReplPath;
      readonly to: ReplPath;
      readonly entry: "file" | "directory";
    };

/**
 * The repl's files. Every method rejects with `RequestError` whose message keeps the wordings of
 * FI2 (`no such file or directory`, `is a directory`, `not a directory`, `file exists`,
 * `permission denied`, `no space left on device`), and refuses any path that a symbolic link would
 * lead outside (FI1).
 */
export interface FileSystem {
  read(path: ReplPath): Promise<Uint8Array>;
  /**
   * Creates or replaces a file, with its missing parents, so that a reader or a crash sees either
   * the old content or the new one. Keeps the mode of a file that was there. With `expected`, the
   * content that must be there or `nothing`, it rejects with `conflict` when something else is found
   * at the last moment, and changes nothing.
   */
  write(path: ReplPath, content: Uint8Array, expected?: Uint8Array | "nothing"): Promise<void>;
  mkdir(path: ReplPath): Promise<void>;
  /** Removes a file, or a directory with all that is in it. */
  remove(path: ReplPath): Promise<void>;
  move(from: ReplPath, to: ReplPath): Promise<void>;
  /**
   * Copies a file, or a directory with all that is in it, to where nothing is, with missing parents,
   * all or nothing. Modes stay, and links are links again.
   */
  copy(from: ReplPath, to: ReplPath): Promise<void>;
  readdir(path: ReplPath): Promise<readonly DirectoryEntry[]>;
  /** `undefined` when there is nothing at `path`. */
  stat(path: ReplPath): Promise<FileStat | undefined>;
  /**
   * Reports changes of a file, or of the direct entries of a directory, whoever makes them, within
   * 100 ms, in batches, and to all watches in one order; of a directory also that it has itself gone
   * away or come back. What is watched itself is looked for when it goes where nobody watches, so that
   * this is a move. Goes on through removal and return of `path`, until cancelled. Rejects when there
   * is nothing at `path`.
   */
  watch(path: ReplPath, onChange: (changes: readonly FileChange[]) => void): Promise<Cancel>;
  /** Resolves when all watches have been told of everything that had happened before the call. */
  caughtUp(): Promise<void>;
}

export interface ProcessOptions {
  /** Program and arguments; no shell in between. */
  readonly command: readonly [string, ...string[]];
  /** Added to the container's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Relative to the repl; its root when missing. */
  readonly cwd?: ReplPath;
  /** Standard input is at its end, as `/dev/null` is (without a terminal only). */
  readonly noInput?: boolean;
  /** A terminal of this size, or pipes with stderr merged into stdout when missing. */
  readonly pty?: {
    readonly cols: number;
    readonly rows: number;
    /** Start in the modes of `setMode("pipe")`. */
    readonly pipeMode?: boolean;
  };
}

export interface ProcessExit {
  /** Exit code; 128 + signal number when a signal ended it. */
  readonly code: number;
  /** The signal that ended it, such as `SIGKILL`. */
  readonly signal?: string;
}

/** Starts programs. The one place where a sandbox goes (SEAM1). */
export interface Processes {
  /** The interactive shell of whoever the machine belongs to. */
  readonly shell: readonly [string, ...string[]];
  /** Rejects with `RequestError`; a missing program says `not found` in its message (EX3). */
  spawn(options: ProcessOptions): Promise<Process>;
}

/** A running program. Set the listeners before the next turn of the event loop; nothing is lost. */
export interface Process {
  readonly pid: number;
  /** Raw output. Chunks may split characters. */
  onOutput: (chunk: Uint8Array) => void;
  /** Called once, after the last output. */
  onExit: (exit: ProcessExit) => void;
  write(bytes: Uint8Array): void;
  /** Ends standard input (pipes only). */
  endInput(): void;
  resize(cols: number, rows: number): void;
  /**
   * Sets the modes of the terminal: as a new one has them, or such that it is nearly a pipe (no echo,
   * output untouched; input has CR turned into LF, and keys for signals).
   */
  setMode(mode: "sane" | "pipe"): Promise<void>;
  /** Stops and resumes reading: a paused program blocks on its own output. */
  pause(): void;
  resume(): void;
  /** Signals the whole process group. */
  kill(signal: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL"): void;
}

/** Durable data of the repl that does not belong into the user's folder. */
export interface Storage {
  /** Opens an append-only list of records, creating it when it is missing. */
  openLog(name: string): Promise<AppendLog>;
  /**
   * Makes the log `to` of the records that `from` has, which may be open and go on; whatever `to` had
   * is gone, and it must not be open. Durable when it resolves.
   */
  copyLog(from: string, to: string): Promise<void>;
  readRecord(name: string): Promise<Uint8Array | undefined>;
  /** Replaces a record atomically; durable when it resolves. */
  writeRecord(name: string, value: Uint8Array): Promise<void>;
  removeRecord(name: string): Promise<void>;
}

/**
 * An append-only file of records. A record that a crash cut in half is dropped when the log is
 * opened; records before it are whole, which a checksum proves.
 */
export interface AppendLog {
  /** All records, oldest first. */
  readAll(): Promise<Uint8Array[]>;
  /**
   * Resolves when the record is written: from then on it survives the end of this process, however
   * it comes, and from a moment later, which `sync` waits for, a loss of power too. Records of
   * concurrent calls are written together, in the order of the calls. One that rejects is not in the
   * log, and the log stays usable; records appended after it may have been written all the same. The
   * caller must not change the bytes.
   */
  append(record: Uint8Array): Promise<void>;
  /** Resolves when all that was appended before the call survives a loss of power. */
  sync(): Promise<void>;
  /** Writes and syncs what is queued, then closes the file. */
  close(): Promise<void>;
}

export interface OpenPort {
  readonly port: number;
  /** The address it listens on, such as `127.0.0.1` or `0.0.0.0`. */
  readonly address: string;
  readonly pid?: number;
  readonly command?: readonly string[];
  /** Where a browser reaches it: a port of the host, when the host forwards it. */
  readonly forwardedPort?: number;
}

/** Ports that programs of this container listen on. */
export interface PortWatcher {
  /** Calls back with each port that opens from now on, and with those that are open already. */
  watch(onOpen: (port: OpenPort) => void, onClose: (port: OpenPort) => void): Cancel;
}
