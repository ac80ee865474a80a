import { messageOf, RequestError } from "#common/lib/errors.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { BodyFor } from "#common/wire/body.ts";
import {
  program,
  type Moved,
  type Reply,
  type Service,
  type ServiceContext,
  type ServiceDefinition,
  type ServiceStart,
  type Session,
} from "../service.ts";
import { People, PEOPLE } from "./metadata/people.ts";

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
  ["saves", "log"],
]);

/** What a room knows besides its files: values by key, durable, and told to all who listen. */
export const metadata: ServiceDefinition<"metadata"> = {
  service: "metadata",
  mayOpen: ["owner", "editor", "viewer"],
  // What they may add to is up to the keeper of the log.
  viewerMay: new Set(["readMeta", "appendMeta"]),
  lingerMs: 0,
  start(context) {
    const { platform, repl } = context;
    const people = new People(platform, repl.values);
    const saw = (session: Session): void => people.saw(session);
    const cancels = [
      repl.onJoined(saw),
      repl.onRenamed(saw),
      repl.moves.on(({ files }) => {
        for (const move of files) void followMove(context, move);
      }),
    ];
    return async () => {
      for (const cancel of cancels) cancel();
      await repl.values.idle();
    };
  },
  create: (context) => new Metadata(context),
};

type Change = Extract<BodyFor<"metadata">, { readonly case: "writeMeta" | "appendMeta" }>;

/** Comments go with their file: the log says where, when it speaks of that file at all. */
async function followMove({ platform, repl }: ServiceStart, { from, to }: Moved): Promise<void> {
  const { clock, log } = platform;
  const { values } = repl;
  try {
    await values.inTurn(THREADS, async () => {
      const known = decodeUtf8((await values.read(THREADS)) ?? new Uint8Array());
      if (known?.includes(JSON.stringify(from)) !== true) return;
      await values.append(THREADS, stampedLine(program, clock.now(), { kind: "moved", from, to }));
    });
  } catch (error) {
    log.error(`comments on ${from} stay there: ${messageOf(error)}`);
  }
}

class Metadata implements Service<"metadata"> {
  readonly close: () => void;
  readonly #context: ServiceContext<"metadata">;

  constructor(context: ServiceContext<"metadata">) {
    this.#context = context;
    this.close = context.repl.values.changes.on(({ how, key, data, by }) => {
      const value = { key, data };
      for (const session of context.channel.sessions) {
        // The seed knows these bodies as requests only.
        if (!session.hasCap || session === by) continue;
        if (how === "added") context.channel.send(session, { case: "appendMeta", value });
        else context.channel.send(session, { case: "writeMeta", value });
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
    const { values } = this.#context.repl;
    // Answered in its turn: what is told later is not in the answer, what was told before is.
    return values.inTurn(key, async () => {
      const data = await values.read(key);
      const value = { key, exists: data !== undefined, data: data ?? new Uint8Array() };
      reply({ case: "readMeta", value });
    });
  }

  async #change(change: Change, from: Session, reply: Reply<"metadata">): Promise<void> {
    const { key, data } = change.value;
    checkKey(key);
    const { values } = this.#context.repl;
    const keeper = values.keepers.get(key);
    const kind = keeper === undefined ? kinds.get(key) : "log";
    if (kind === "container's") {
      throw new RequestError("denied", `permission denied: the container writes ${key} itself`);
    }
    if (kind === "log" && change.case === "writeMeta") {
      throw new RequestError("denied", `permission denied: ${key} can only be added to`);
    }
    if (keeper !== undefined) {
      await keeper(entryIn(data), from);
    } else if (from.role === "viewer") {
      throw new RequestError("denied", `permission denied: viewers cannot change ${key}`);
    } else {
      const check = (length: number): void => checkLength(key, length);
      const now = this.#context.platform.clock.now();
      const bytes = kind === "log" ? stampedLine(from, now, entryIn(data)) : data;
      // Whoever adds to a log learns from its own line how it was stamped.
      const by = kind === "log" ? {} : { by: from };
      await values.inTurn(key, async () => {
        if (change.case === "appendMeta") return values.append(key, bytes, { check, ...by });
        check(bytes.byteLength);
        await values.write(key, bytes, from);
      });
    }
    reply({ case: "ok", value: {} });
  }
}

function checkLength(key: string, length: number): void {
  const limit = kinds.get(key) === "log" ? MAX_LOG_BYTES : MAX_VALUE_BYTES;
  if (length <= limit) return;
  const had = `value too large: ${key} would have ${length} bytes`;
  throw new RequestError("too-large", `${had}, at most ${limit} fit`);
}

function checkKey(key: string): void {
  if (VALID_KEY.test(key)) return;
  const rule = "1 to 64 of the characters A-Z a-z 0-9 . _ : / -";
  throw new RequestError("bad-request", `bad request: a key has ${rule}`);
}

/** What a client wants to add to a log. */
function entryIn(data: Uint8Array): unknown {
  if (data.byteLength > MAX_ENTRY_BYTES) {
    throw new RequestError("too-large", `entry too large: at most ${MAX_ENTRY_BYTES} bytes`);
  }
  const entry = parsed(data);
  if (entry === undefined) {
    throw new RequestError("bad-request", "bad request: an entry of a log is one JSON value");
  }
  return entry;
}

/** One line of a log, which says who wrote it, so that nobody can write in another's name. */
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
