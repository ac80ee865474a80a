import { assert, messageOf, RequestError } from "#common/lib/errors.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";
import type { Platform } from "../platform.ts";
import type {
  Moved,
  Repl,
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
} from "../service.ts";
import { People, PEOPLE } from "./metadata/people.ts";
import { Values } from "./metadata/values.ts";

const MAX_VALUE_BYTES = 1024 * 1024;

/** A log is only ever added to, and still read as one frame. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;
const MAX_ENTRY_BYTES = 64 * 1024;

const VALID_KEY = /^[A-Za-z0-9._:/-]{1,64}$/;

/** Comments on texts. */
const THREADS = "threads";

/** Keys that are not just bytes; see the table in PROTOCOL.md. */
const kinds: ReadonlyMap<string, "container's" | "log"> = new Map([
  [PEOPLE, "container's"],
  [THREADS, "log"],
  ["versions", "log"],
]);

const boards = new WeakMap<Repl, Board>();

/** What a room knows besides its files: values by key, durable, and told to all who listen. */
export const metadata: ServiceDefinition<"metadata"> = {
  service: "metadata",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["readMeta"]),
  lingerMs: 0,
  start({ platform, repl }) {
    const board = new Board(platform);
    boards.set(repl, board);
    const saw = (session: Session): void => board.people.saw(session);
    const cancels = [
      repl.onJoined(saw),
      repl.onRenamed(saw),
      repl.moves.on((move) => void board.followMove(move)),
    ];
    return async () => {
      for (const cancel of cancels) cancel();
      await board.values.idle();
    };
  },
  create(context) {
    const board = boards.get(context.repl);
    assert(board !== undefined, "the metadata service was not started");
    return new Metadata(context, board);
  },
};

type Change = Extract<BodyFor<"metadata">, { readonly case: "writeMeta" | "appendMeta" }>;

/** What has changed, durably, as it is told to everyone but a session that knows. */
interface Told {
  readonly body: BodyInitFor<"metadata">;
  readonly knows?: Session;
}

/** The values of one container, with those who listen to them. */
class Board {
  readonly #platform: Platform;
  readonly values: Values;
  readonly people: People;
  readonly changes = new Emitter<Told>();

  constructor(platform: Platform) {
    this.#platform = platform;
    this.values = new Values(platform.storage);
    this.people = new People(platform, this.values, (data) =>
      this.changes.emit({ body: { case: "writeMeta", value: { key: PEOPLE, data } } }),
    );
  }

  /** Comments go with their file: the log says where, when it speaks of that file at all. */
  async followMove({ from, to }: Moved): Promise<void> {
    const { clock, log } = this.#platform;
    try {
      await this.values.inTurn(THREADS, async () => {
        const known = decodeUtf8((await this.values.read(THREADS)) ?? new Uint8Array());
        if (known?.includes(JSON.stringify(from)) !== true) return;
        const data = stampedLine(program, clock.now(), { kind: "moved", from, to });
        await this.values.append(THREADS, data, noLimit);
        this.changes.emit({ body: { case: "appendMeta", value: { key: THREADS, data } } });
      });
    } catch (error) {
      log.error(`comments on ${from} stay there: ${messageOf(error)}`);
    }
  }
}

const program = { userId: 0, name: "Program" };

/** What the container adds is little, and there only where something was taken already. */
const noLimit = (): void => {};

class Metadata implements Service<"metadata"> {
  readonly close: () => void;
  readonly #context: ServiceContext<"metadata">;
  readonly #board: Board;

  constructor(context: ServiceContext<"metadata">, board: Board) {
    this.#context = context;
    this.#board = board;
    this.close = board.changes.on(({ body, knows }) => {
      for (const session of context.channel.sessions) {
        // The seed knows these bodies as requests only.
        if (session.hasCap && session !== knows) context.channel.send(session, body);
      }
    });
  }

  attach(): void {}

  detach(): void {}

  handle(body: BodyFor<"metadata">, from: Session, reply: Reply<"metadata">): void | Promise<void> {
    switch (body.case) {
      case "readMeta":
        return this.#read(body.value.key, reply);
      case "writeMeta":
      case "appendMeta":
        return this.#change(body, from, reply);
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: metadata takes no ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  #read(key: string, reply: Reply<"metadata">): Promise<void> {
    checkKey(key);
    const { values } = this.#board;
    // Answered in its turn: what is told later is not in the answer, what was told before is.
    return values.inTurn(key, async () => {
      const data = await values.read(key);
      const value = { key, exists: data !== undefined, data: data ?? new Uint8Array() };
      reply({ case: "readMeta", value });
    });
  }

  #change(change: Change, from: Session, reply: Reply<"metadata">): Promise<void> {
    const { key, data } = change.value;
    checkKey(key);
    const kind = kinds.get(key);
    if (kind === "container's") {
      throw new RequestError("denied", `permission denied: the container writes ${key} itself`);
    }
    if (kind === "log" && change.case === "writeMeta") {
      throw new RequestError("denied", `permission denied: ${key} can only be added to`);
    }
    const atMs = this.#context.platform.clock.now();
    const bytes = kind === "log" ? stamped(data, from, atMs) : data;
    const limit = kind === "log" ? MAX_LOG_BYTES : MAX_VALUE_BYTES;
    const check = (length: number): void => {
      if (length <= limit) return;
      const had = `value too large: ${key} would have ${length} bytes`;
      throw new RequestError("too-large", `${had}, at most ${limit} fit`);
    };
    const { values, changes } = this.#board;
    return values.inTurn(key, async () => {
      const value = { key, data: bytes };
      // Whoever adds to a log learns from its own line how it was stamped.
      const except = kind === "log" ? {} : { knows: from };
      if (change.case === "appendMeta") {
        await values.append(key, bytes, check);
        changes.emit({ body: { case: "appendMeta", value }, ...except });
      } else {
        check(bytes.byteLength);
        await values.write(key, bytes);
        changes.emit({ body: { case: "writeMeta", value }, ...except });
      }
      reply({ case: "ok", value: {} });
    });
  }
}

function checkKey(key: string): void {
  if (VALID_KEY.test(key)) return;
  const rule = "1 to 64 of the characters A-Z a-z 0-9 . _ : / -";
  throw new RequestError("bad-request", `bad request: a key has ${rule}`);
}

/** One line of a log, which says who wrote it, so that nobody can write in another's name. */
function stamped(data: Uint8Array, session: Session, atMs: number): Uint8Array {
  if (data.byteLength > MAX_ENTRY_BYTES) {
    throw new RequestError("too-large", `entry too large: at most ${MAX_ENTRY_BYTES} bytes`);
  }
  const entry = parsed(data);
  if (entry === undefined) {
    throw new RequestError("bad-request", "bad request: an entry of a log is one JSON value");
  }
  return stampedLine(session, atMs, entry);
}

function stampedLine(
  { userId, name }: { readonly userId: number; readonly name: string },
  atMs: number,
  entry: unknown,
): Uint8Array {
  return encodeUtf8(`${JSON.stringify({ userId, name, atMs, entry })}\n`);
}

function parsed(data: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(data) ?? "");
  } catch {
    return undefined;
  }
}
