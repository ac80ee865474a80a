import type { Cancel } from "#common/lib/clock.ts";
import { RequestError } from "#common/lib/errors.ts";
import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";
import { File_Type, FileEvent_Op } from "#common/wire/enums.ts";
import { parseReplPath } from "../paths.ts";
import type { FileChange, ReplPath } from "../platform.ts";
import type { Reply, Service, ServiceContext, ServiceDefinition } from "../service.ts";

type FileEvent = Extract<BodyInitFor<"fsevents">, { case: "fileEvent" }>["value"];

/** Tells what happens on disk, to files and in directories that were subscribed to (FE1–FE9). */
export const fsevents: ServiceDefinition<"fsevents"> = {
  service: "fsevents",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["subscribeFile"]),
  lingerMs: 0,
  create: (context) => new FsEvents(context),
};

/** More than a tree has folders open. Each costs a watch, of which the system has few. */
const MAX_SUBSCRIPTIONS = 2000;
/** Events sent in one turn, so that ten thousand of them keep nobody's keystroke waiting. */
const EVENTS_A_TURN = 200;
/** While every session has this much on its way, more is kept back: there it stays one of a kind. */
const BEHIND_BYTES = 1024 * 1024;
const BEHIND_PAUSE_MS = 50;

class FsEvents implements Service<"fsevents"> {
  readonly #context: ServiceContext<"fsevents">;
  readonly #subscriptions = new Map<ReplPath, Cancel>();
  /** What has come in since the last microtask. Several subscriptions may tell of one change. */
  #batch: FileChange[] = [];
  /** What is to be sent, oldest first, each thing once. */
  readonly #queue = new Map<string, FileEvent>();
  #cancelTurn: Cancel | undefined;
  #isClosed = false;

  constructor(context: ServiceContext<"fsevents">) {
    this.#context = context;
  }

  attach(): void {}

  detach(): void {}

  handle(body: BodyFor<"fsevents">, _: unknown, reply: Reply<"fsevents">): void | Promise<void> {
    switch (body.case) {
      case "subscribeFile":
        return this.#subscribe(
          body.value.files.map(({ path }) => path),
          reply,
        );
      case "fileEvent":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: fsevents takes no ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTurn?.();
    for (const cancel of this.#subscriptions.values()) cancel();
    this.#subscriptions.clear();
  }

  /** Subscribes to all that can be, then tells of the first that cannot. */
  async #subscribe(wirePaths: readonly string[], reply: Reply<"fsevents">): Promise<void> {
    let failure: RequestError | undefined;
    for (const wirePath of wirePaths) {
      try {
        await this.#add(parseReplPath(wirePath));
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    reply({ case: "ok", value: {} });
  }

  async #add(path: ReplPath): Promise<void> {
    if (this.#subscriptions.has(path)) return;
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      const text = `watch ${path}: too many subscriptions: the limit is ${MAX_SUBSCRIPTIONS}`;
      throw new RequestError("unavailable", text);
    }
    const cancel = await this.#context.platform.files.watch(path, (changes) => this.#hear(changes));
    this.#subscriptions.set(path, cancel);
  }

  #hear(changes: readonly FileChange[]): void {
    if (this.#batch.length === 0) void Promise.resolve().then(() => this.#enqueueBatch());
    this.#batch.push(...changes);
  }

  #enqueueBatch(): void {
    const batch = this.#batch;
    this.#batch = [];
    const arrivals = new Set<string>();
    for (const change of batch) if (change.kind === "moved") arrivals.add(change.to);
    const told = new Set<string>();
    for (const change of batch) {
      // Whoever watches only where it went tells of a creation; here it is known to be a move.
      if (change.kind === "created" && arrivals.has(change.path)) continue;
      const key = keyOf(change);
      if (told.has(key)) continue;
      told.add(key);
      // Of what still waits from before, the last one counts: more may have happened in between.
      this.#queue.delete(key);
      this.#queue.set(key, eventOf(change));
    }
    if (this.#cancelTurn === undefined) this.#sendSome();
  }

  #sendSome(): void {
    this.#cancelTurn = undefined;
    if (this.#isClosed) return;
    const { channel, platform } = this.#context;
    const isBehind = [...channel.sessions].every(({ queuedBytes }) => queuedBytes > BEHIND_BYTES);
    if (!isBehind) {
      let left = EVENTS_A_TURN;
      for (const [key, value] of this.#queue) {
        if (left-- === 0) break;
        this.#queue.delete(key);
        channel.broadcast({ case: "fileEvent", value });
      }
    }
    if (this.#queue.size === 0) return;
    const pauseMs = isBehind ? BEHIND_PAUSE_MS : 0;
    this.#cancelTurn = platform.clock.after(pauseMs, () => this.#sendSome());
  }
}

/** Equal for events that say the same. A move says something of both its ends; no path has NUL. */
function keyOf(change: FileChange): string {
  const to = change.kind === "moved" ? change.to : "";
  return `${change.kind} ${change.path}\0${to}`;
}

function eventOf(change: FileChange): FileEvent {
  const { path } = change;
  switch (change.kind) {
    case "created":
      return { op: FileEvent_Op.Create, file: { path, type: typeOf(change.entry) } };
    case "modified":
      return { op: FileEvent_Op.Modify, file: { path } };
    case "removed":
      return { op: FileEvent_Op.Remove, file: { path } };
    case "moved": {
      const type = typeOf(change.entry);
      return { op: FileEvent_Op.Move, file: { path, type }, dest: { path: change.to, type } };
    }
    default:
      return change satisfies never;
  }
}

function typeOf(entry: "file" | "directory"): File_Type {
  return entry === "directory" ? File_Type.DIRECTORY : File_Type.REGULAR;
}
