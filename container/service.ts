import type { Cancel } from "#common/lib/clock.ts";
import type { Emitter } from "#common/lib/emitter.ts";
import type { BodyFor, BodyInitFor, ServiceName } from "#common/wire/body.ts";
import type { Platform, ReplPath } from "./platform.ts";

export type Role = "owner" | "editor" | "viewer";

export type SessionId = number & { readonly __brand: "SessionId" };
export type ChannelId = number & { readonly __brand: "ChannelId" };

/** One connected client, as services see it. The container owns it and changes it. */
export interface Session {
  readonly id: SessionId;
  /** The account, from the token; equal for two tabs of one person. */
  readonly userId: number;
  /** From the token, or from `hello` for guests. */
  readonly name: string;
  readonly role: Role;
  /** Whether it understands the later official bodies (CN12). */
  readonly hasCap: boolean;
  /** Bytes queued towards it and not yet taken by its transport. */
  readonly queuedBytes: number;
}

/** Who has done what nobody connected has. */
export const program = { userId: 0, name: "Program" };

/** What a service may do with its channel. Bodies go out in the order of the calls. */
export interface ServiceChannel<S extends ServiceName> {
  /** Empty for an anonymous channel. */
  readonly name: string;
  /** Sessions attached now, in the order in which they came. */
  readonly sessions: ReadonlySet<Session>;
  /** To one session; `ref` only when the body asks for an acknowledgement (SH4). */
  send(to: Session, body: BodyInitFor<S>, ref?: string): void;
  /**
   * To every session attached, encoded once. Bodies of the later schema reach only sessions that
   * have `hasCap`.
   */
  broadcast(body: BodyInitFor<S>, options?: { readonly except?: Session }): void;
  /** The same for several, in order: each session gets all of them at one go. */
  broadcastAll(bodies: readonly BodyInitFor<S>[]): void;
}

/**
 * Answers one request: with its ref, to its session only, once. Later calls are a bug. When the
 * body came without a ref, only an error is sent. `later` is a
 * body of the later schema that the same frame carries after `body`: a client of the seed schema
 * reads `body`, a newer one reads `later` (RE4).
 */
export type Reply<S extends ServiceName> = (body: BodyInitFor<S>, later?: BodyInitFor<S>) => void;

/**
 * What answers one channel. Methods are called one at a time, in the order of the wire. An error
 * that `handle` throws or rejects with becomes an `error` reply when it is a `RequestError`, and a
 * logged invariant besides when it is anything else.
 */
export interface Service<S extends ServiceName> {
  /** A session has joined; `openChanRes` is already on its way to it. */
  attach(session: Session): void;
  /** A session has left, for whatever reason. It is no longer in `channel.sessions`. */
  detach(session: Session): void;
  /**
   * One body from a session. Requests are answered through `reply`, now or later. `ref` is what an
   * `ok` acknowledges that answers a body which was sent with a ref (SH4).
   */
  handle(body: BodyFor<S>, from: Session, reply: Reply<S>, ref: string): void | Promise<void>;
  /**
   * The channel is gone for everyone: free all that it holds; `detach` is not called any more. A
   * channel of the same name is made only after the promise has settled.
   */
  close(): void | Promise<void>;
}

/** What a service is made with. */
export interface ServiceContext<S extends ServiceName> {
  readonly platform: Platform;
  readonly channel: ServiceChannel<S>;
  /** State that the services of one repl share, made once per container. */
  readonly repl: Repl;
}

/** What a service is started with, for all its channels together. */
export type ServiceStart = Pick<ServiceContext<ServiceName>, "platform" | "repl">;

/** What belongs to the whole container rather than to one channel. */
export interface Repl {
  readonly id: string;
  readonly language: string;
  readonly slug: string;
  /** Sessions of the whole container. */
  readonly sessions: ReadonlySet<Session>;
  /** Tells the user something, in all sessions (`toast`). */
  toast(text: string): void;
  /** Calls `listener` with each session that comes. */
  onJoined(listener: (session: Session) => void): Cancel;
  /** Calls `listener` with each session that has gone, for whatever reason. */
  onLeft(listener: (session: Session) => void): Cancel;
  /** Calls `listener` after a session has got another name (CN10). */
  onRenamed(listener: (session: Session) => void): Cancel;
  /**
   * Calls `listener` after the files service has changed the disk itself, so that open documents
   * follow at once and history keeps its thread through renames.
   */
  readonly fileOperations: FileOperations;
  /** Files and directories that have gone to another path, and the histories that went with them. */
  readonly moves: Emitter<HistoriesMoved>;
  /** The texts that are being edited. */
  readonly documents: Documents;
  /** Programs that people start for everyone to see. */
  readonly runs: Emitter<RunNews>;
  readonly values: Values;
  readonly images: Images;
}

/** Images that are shown in what people say, by name. When there are too many, the oldest go. */
export interface Images {
  /** Durable when it resolves; an image of that name is replaced. */
  put(name: string, image: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | undefined>;
  remove(name: string): Promise<void>;
}

export type RunNews =
  | { readonly kind: "ran"; readonly id: string; readonly command: string; readonly by: Session }
  | {
      readonly kind: "ended";
      readonly run: string;
      readonly code: number;
      readonly durationMs: number;
    };

/**
 * What the room knows besides its files: values by key, durable when a method resolves, which
 * `metadata` gives to clients.
 */
export interface Values {
  /** What has changed, durably. */
  readonly changes: Emitter<ValueChange>;
  /** Logs to which clients add only what somebody lets them. */
  readonly keepers: Map<string, LogKeeper>;
  /** Does `work` with one key when all that was asked for it before is done. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>;
  read(key: string): Promise<Uint8Array | undefined>;
  /** Replaces a value. A client that does so itself, `by`, need not be told. */
  write(key: string, value: Uint8Array, by?: Session): Promise<void>;
  /** Adds to the end of a value, which is empty before; `check` may refuse the length it gets. */
  append(
    key: string,
    more: Uint8Array,
    options?: { readonly check?: (bytes: number) => void; readonly by?: Session },
  ): Promise<void>;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
}

/** Adds an entry of a client, viewers included, to a log, or rejects with `RequestError`. */
export type LogKeeper = (entry: unknown, by: Session) => Promise<void>;

export interface ValueChange {
  readonly how: "written" | "added";
  readonly key: string;
  /** The whole value, or what was added to it. */
  readonly data: Uint8Array;
  readonly by: Session | undefined;
}

export interface Documents {
  /**
   * Puts everything that was typed into open texts on disk, so that a program started next reads
   * what is on the screen. Resolves when that is done or has failed: it is told where the text is.
   */
  save(): Promise<void>;
  /**
   * Saves, and has `copyFiles` copy a file or a directory on disk, of which the texts then have the
   * history of those that they are copies of.
   */
  copy(copied: Moved, copyFiles: () => Promise<void>): Promise<void>;
  /** Has itself called by whoever owns texts. */
  own(owner: DocumentsOwner): Cancel;
}

export type DocumentsOwner = Pick<Documents, "save" | "copy">;

export type FileOperation =
  | { readonly kind: "wrote"; readonly path: ReplPath; readonly by: Session }
  | { readonly kind: "moved"; readonly from: ReplPath; readonly to: ReplPath; readonly by: Session }
  | { readonly kind: "removed"; readonly path: ReplPath; readonly by: Session };

export interface Moved {
  readonly from: ReplPath;
  readonly to: ReplPath;
}

/** A file or a directory was moved, of which there are histories. */
export interface HistoriesMoved extends Moved {
  /** The files whose histories these are. */
  readonly files: readonly Moved[];
  /** Who did it by the files service; undefined for a program. */
  readonly by: Session | undefined;
}

export interface FileOperations {
  announce(operation: FileOperation): void;
  on(listener: (operation: FileOperation) => void): Cancel;
}

/** How a channel of one service comes to be and lives. */
export interface ServiceDefinition<S extends ServiceName> {
  readonly service: S;
  /** Who may open a channel at all; what a viewer may then send is up to `viewerMay`. */
  readonly mayOpen: readonly Role[];
  /** Bodies that a viewer may send; any other is answered `permission denied` by the container. */
  readonly viewerMay: ReadonlySet<BodyFor<S>["case"]>;
  /** How long a named channel lives on after the last session has left, in milliseconds. */
  readonly lingerMs: number;
  /**
   * Called once, before all else, for a service that has something to watch or to keep while none
   * of its channels is open. What it returns is called when the container closes, after them.
   */
  start?(start: ServiceStart): () => void | Promise<void>;
  /** Rejecting with `RequestError` fails the opening with that text. */
  create(context: ServiceContext<S>): Service<S> | Promise<Service<S>>;
}

/** A definition of any service; the container, which checks at run time what types would, takes these. */
export type AnyServiceDefinition = {
  readonly [S in ServiceName]: ServiceDefinition<S>;
}[ServiceName];
