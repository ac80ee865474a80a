import { assert, RequestError } from "#common/lib/errors.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { toTimestamp } from "#common/wire/timestamp.ts";
import type {
  Repl,
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
  SessionId,
} from "../service.ts";
import { Colors, isColor } from "./presence/colors.ts";

/** Longest path that a session may say it looks at. */
const MAX_PATH_CHARS = 4096;

/** Signs of life of one session are passed on at most this often. */
const MIN_TOUCH_INTERVAL_MS = 1000;

/** Longest `input`: the longest path, and what JSON makes of it. */
const MAX_INPUT_CHARS = 2 * MAX_PATH_CHARS;

/** One session calls the others together at most this often. */
const MIN_CALL_INTERVAL_MS = 3000;

/** Who is here, where each one is and in which colour, who follows whom, and who has gone quiet. */
export const presence: ServiceDefinition<"presence"> = {
  service: "presence",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["openFile", "followUser", "unfollowUser", "updateSessionTimestamp", "input"]),
  lingerMs: 0,
  start({ platform, repl }) {
    const colors = Colors.read(platform);
    colorsOf.set(repl, colors);
    return async () => (await colors).written();
  },
  async create(context) {
    const colors = await colorsOf.get(context.repl);
    assert(colors !== undefined, "the presence service was not started");
    return new Presence(context, colors);
  },
};

const colorsOf = new WeakMap<Repl, Promise<Colors>>();

/** What is known of one session besides its name. */
interface Whereabouts {
  file: { readonly path: string; readonly atMs: number } | undefined;
  /** What it has in front, as it said so (PR7). */
  view: unknown;
  calledMs: number | undefined;
  touchedMs: number | undefined;
  readonly follows: Set<SessionId>;
}

class Presence implements Service<"presence"> {
  readonly close: () => void;
  readonly #context: ServiceContext<"presence">;
  readonly #colors: Colors;
  readonly #here = new Map<Session, Whereabouts>();

  constructor(context: ServiceContext<"presence">, colors: Colors) {
    this.#context = context;
    this.#colors = colors;
    this.close = context.repl.onRenamed((session) => this.#announceAgain(session));
  }

  attach(session: Session): void {
    const { channel } = this.#context;
    const { userId } = session;
    const isNew = this.#colors.of(userId) === undefined;
    if (isNew) this.#colors.choose(userId, [...this.#here.keys()]);
    this.#here.set(session, {
      file: undefined,
      view: null,
      calledMs: undefined,
      touchedMs: undefined,
      follows: new Set(),
    });
    const user = [...this.#here.keys()].map(userOf);
    const files = session.hasCap ? this.#openFiles() : [];
    channel.send(session, { case: "roster", value: { user, files } });
    if (session.hasCap) channel.send(session, said({ colors: this.#colors.all }));
    for (const [other, { view, touchedMs }] of this.#here) {
      if (touchedMs !== undefined) channel.send(session, touched(other, touchedMs));
      if (session.hasCap && view !== null) {
        channel.send(session, said({ session: other.id, view }));
      }
    }
    channel.broadcast({ case: "join", value: userOf(session) }, { except: session });
    if (isNew) this.#tell(session, { colors: { [userId]: this.#colors.of(userId) } });
  }

  detach(session: Session): void {
    for (const target of this.#here.get(session)?.follows ?? []) {
      this.#tellFollowed("unfollowUser", session, target);
    }
    this.#here.delete(session);
    this.#context.channel.broadcast({ case: "part", value: userOf(session) });
  }

  handle(body: BodyFor<"presence">, from: Session, reply: Reply<"presence">): void {
    const mine = this.#here.get(from);
    if (mine === undefined) return;
    switch (body.case) {
      case "openFile":
        this.#openFile(mine, from, body.value.file);
        break;
      case "followUser":
      case "unfollowUser":
        this.#follow(body.case, mine, from, body.value.session as SessionId);
        break;
      case "updateSessionTimestamp":
        this.#touch(mine, from);
        break;
      case "input":
        this.#say(mine, from, body.value);
        break;
      case "roster":
      case "join":
      case "part":
      case "fileOpened":
      case "sessionTimestampUpdated":
      case "output":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: presence takes no ${body.case}`);
      default:
        return body satisfies never;
    }
    reply({ case: "ok", value: {} });
  }

  #openFile(mine: Whereabouts, from: Session, path: string): void {
    if (path.length > MAX_PATH_CHARS) {
      throw new RequestError("too-large", `${path.slice(0, 60)}…: file name too long`);
    }
    const file = { path, atMs: this.#context.platform.clock.now() };
    mine.file = path === "" ? undefined : file;
    this.#context.channel.broadcast(fileOpened(from, file), { except: from });
  }

  #follow(
    verb: "followUser" | "unfollowUser",
    mine: Whereabouts,
    from: Session,
    target: SessionId,
  ): void {
    if (target === from.id || ![...this.#here.keys()].some(({ id }) => id === target)) {
      throw new RequestError("not-found", `session ${target}: no such session to follow`);
    }
    if (verb === "followUser") mine.follows.add(target);
    else mine.follows.delete(target);
    this.#tellFollowed(verb, from, target);
  }

  #tellFollowed(verb: "followUser" | "unfollowUser", from: Session, target: SessionId): void {
    for (const session of this.#here.keys()) {
      if (session.id !== target) continue;
      const value = { session: from.id };
      const told =
        verb === "followUser"
          ? { case: "followUser" as const, value }
          : { case: "unfollowUser" as const, value };
      this.#context.channel.send(session, told);
    }
  }

  #touch(mine: Whereabouts, from: Session): void {
    const nowMs = this.#context.platform.clock.now();
    if (mine.touchedMs !== undefined && nowMs - mine.touchedMs < MIN_TOUCH_INTERVAL_MS) return;
    mine.touchedMs = nowMs;
    this.#context.channel.broadcast(touched(from, nowMs), { except: from });
  }

  /** What no body of the schema can say (PR7 to PR9). */
  #say(mine: Whereabouts, from: Session, text: string): void {
    const { view, color, call } = parseInput(text);
    if (call !== undefined) this.#mayCall(mine, from);
    if (view !== undefined) mine.view = view;
    if (view !== undefined) this.#tell(from, { session: from.id, view });
    if (call !== undefined) this.#tell(from, { session: from.id, call });
    if (color === undefined) return;
    if (!isColor(color)) throw new RequestError("bad-request", `bad request: no such colour`);
    if (this.#colors.of(from.userId) === color) return;
    this.#colors.set(from.userId, color);
    this.#tell(undefined, { colors: { [from.userId]: color } });
  }

  #mayCall(mine: Whereabouts, from: Session): void {
    if (from.role === "viewer") {
      throw new RequestError("denied", "permission denied: viewers call nobody together");
    }
    const nowMs = this.#context.platform.clock.now();
    if (mine.calledMs !== undefined && nowMs - mine.calledMs < MIN_CALL_INTERVAL_MS) {
      throw new RequestError("bad-request", "bad request: everyone was called just now");
    }
    mine.calledMs = nowMs;
  }

  /** To those of the others who know what it means. */
  #tell(except: Session | undefined, what: Readonly<Record<string, unknown>>): void {
    for (const session of this.#here.keys()) {
      if (session.hasCap && session !== except) this.#context.channel.send(session, said(what));
    }
  }

  /** Tells a new name: clients of old take a session that has come already for two (PR3). */
  #announceAgain(session: Session): void {
    if (!this.#here.has(session)) return;
    const { channel } = this.#context;
    for (const other of this.#here.keys()) {
      if (other === session) continue;
      if (!other.hasCap) channel.send(other, { case: "part", value: userOf(session) });
      channel.send(other, { case: "join", value: userOf(session) });
    }
  }

  #openFiles(): ReturnType<typeof fileOpened>["value"][] {
    return [...this.#here].flatMap(([session, { file }]) =>
      file === undefined ? [] : [fileOpened(session, file).value],
    );
  }
}

interface Input {
  readonly view?: unknown;
  readonly color?: unknown;
  readonly call?: unknown;
}

function parseInput(text: string): Input {
  if (text.length > MAX_INPUT_CHARS) throw new RequestError("too-large", "too large");
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === "object" && input !== null) return input;
  } catch {
    // Said below.
  }
  throw new RequestError("bad-request", "bad request: not a JSON object");
}

function said(what: Readonly<Record<string, unknown>>) {
  return { case: "output" as const, value: JSON.stringify(what) };
}

function userOf({ id, userId, name, role }: Session) {
  return { id: userId, name, roles: [role], session: id };
}

function fileOpened(
  session: Session,
  { path, atMs }: { readonly path: string; readonly atMs: number },
) {
  const { id, userId } = session;
  const value = { userId, file: path, session: id, timestamp: toTimestamp(atMs) };
  return { case: "fileOpened" as const, value };
}

function touched({ id }: Session, atMs: number) {
  const value = { session: id, timestamp: toTimestamp(atMs) };
  return { case: "sessionTimestampUpdated" as const, value };
}
