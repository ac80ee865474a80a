import { RequestError } from "#common/lib/errors.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { toTimestamp } from "#common/wire/timestamp.ts";
import type {
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
  SessionId,
} from "../service.ts";

/** Longest path that a session may say it looks at. */
const MAX_PATH_CHARS = 4096;

/** Signs of life of one session are passed on at most this often. */
const MIN_TOUCH_INTERVAL_MS = 1000;

/** Who is here, which file each one looks at, who follows whom, and who has gone quiet. */
export const presence: ServiceDefinition<"presence"> = {
  service: "presence",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["openFile", "followUser", "unfollowUser", "updateSessionTimestamp"]),
  lingerMs: 0,
  create: (context) => new Presence(context),
};

/** What is known of one session besides its name. */
interface Whereabouts {
  file: { readonly path: string; readonly atMs: number } | undefined;
  touchedMs: number | undefined;
  readonly follows: Set<SessionId>;
}

class Presence implements Service<"presence"> {
  readonly close: () => void;
  readonly #context: ServiceContext<"presence">;
  readonly #here = new Map<Session, Whereabouts>();

  constructor(context: ServiceContext<"presence">) {
    this.#context = context;
    this.close = context.repl.onRenamed((session) => this.#announceAgain(session));
  }

  attach(session: Session): void {
    const { channel } = this.#context;
    this.#here.set(session, { file: undefined, touchedMs: undefined, follows: new Set() });
    const user = [...this.#here.keys()].map(userOf);
    const files = session.hasCap ? this.#openFiles() : [];
    channel.send(session, { case: "roster", value: { user, files } });
    for (const [other, { touchedMs }] of this.#here) {
      if (touchedMs !== undefined) channel.send(session, touched(other, touchedMs));
    }
    channel.broadcast({ case: "join", value: userOf(session) }, { except: session });
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
      case "roster":
      case "join":
      case "part":
      case "fileOpened":
      case "sessionTimestampUpdated":
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

  /** Under its new name, a session leaves and comes again, with the file it looks at (CN10). */
  #announceAgain(session: Session): void {
    const mine = this.#here.get(session);
    if (mine === undefined) return;
    const { channel } = this.#context;
    channel.broadcast({ case: "part", value: userOf(session) }, { except: session });
    channel.broadcast({ case: "join", value: userOf(session) }, { except: session });
    if (mine.file !== undefined) {
      channel.broadcast(fileOpened(session, mine.file), { except: session });
    }
  }

  #openFiles(): ReturnType<typeof fileOpened>["value"][] {
    return [...this.#here].flatMap(([session, { file }]) =>
      file === undefined ? [] : [fileOpened(session, file).value],
    );
  }
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
