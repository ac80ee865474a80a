import { assertNever } from "#common/lib/assertNever.ts";
import type { Clock } from "#common/lib/clock.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import { fromTimestamp } from "#common/wire/timestamp.ts";
import type { Channel } from "../channel.ts";
import type { ServiceContext } from "../service.ts";

export interface Person {
  readonly session: number;
  /** Equal for two tabs of one person. */
  readonly userId: number;
  readonly name: string;
  readonly role: "owner" | "editor" | "viewer";
}

export type PresenceEvent =
  /** Everyone who is here, with the file each one looks at. */
  | {
      readonly kind: "roster";
      readonly people: readonly Person[];
      readonly files: Readonly<Record<number, string>>;
    }
  | { readonly kind: "joined"; readonly person: Person }
  | { readonly kind: "left"; readonly session: number }
  | { readonly kind: "opened-file"; readonly session: number; readonly path: string }
  | { readonly kind: "follows"; readonly session: number; readonly following: boolean }
  | { readonly kind: "active"; readonly session: number; readonly atMs: number };

/** "Still here" is told at most this often: fine enough for "idle 5 min". */
const TOUCH_INTERVAL_MS = 10_000;

export class PresenceService {
  readonly #clock: Clock;
  readonly #emit: (event: PresenceEvent) => void;
  readonly #channel: Channel<"presence">;
  #file = "";
  #following: number | undefined;
  #touchedMs: number | undefined;

  constructor({ clock, open, emit }: ServiceContext<PresenceEvent>) {
    this.#clock = clock;
    this.#emit = emit;
    this.#channel = open("presence", wellKnownChannel.presence, {
      attached: () => this.#attached(),
      handle: (body) => this.#handle(body),
    });
  }

  openFile(path: string): void {
    this.#file = path;
    this.#channel.send({ case: "openFile", value: { file: path } });
  }

  follow(session: number): void {
    this.#following = session;
    this.#channel.send({ case: "followUser", value: { session } });
  }

  unfollow(session: number): void {
    if (this.#following === session) this.#following = undefined;
    this.#channel.send({ case: "unfollowUser", value: { session } });
  }

  touch(): void {
    const nowMs = this.#clock.now();
    if (this.#touchedMs !== undefined && nowMs - this.#touchedMs < TOUCH_INTERVAL_MS) return;
    this.#touchedMs = nowMs;
    this.#channel.send({ case: "updateSessionTimestamp", value: {} });
  }

  /** A new session of ours: the container knows nothing of what the one before had told. */
  #attached(): void {
    if (this.#file !== "") this.openFile(this.#file);
    if (this.#following !== undefined) this.follow(this.#following);
  }

  #handle(body: BodyFor<"presence">): void {
    switch (body.case) {
      case "roster": {
        // Some containers list the joiner twice, some not at all: sessions are what counts.
        const people = new Map(body.value.user.map((user) => [user.session, toPerson(user)]));
        this.#emit({
          kind: "roster",
          people: [...people.values()],
          files: Object.fromEntries(body.value.files.map(({ session, file }) => [session, file])),
        });
        break;
      }
      case "join":
        this.#emit({ kind: "joined", person: toPerson(body.value) });
        break;
      case "part":
        if (this.#following === body.value.session) this.#following = undefined;
        this.#emit({ kind: "left", session: body.value.session });
        break;
      case "fileOpened":
        this.#emit({
          kind: "opened-file",
          session: body.value.session,
          path: body.value.file,
        });
        break;
      case "followUser":
        this.#emit({ kind: "follows", session: body.value.session, following: true });
        break;
      case "unfollowUser":
        this.#emit({ kind: "follows", session: body.value.session, following: false });
        break;
      case "sessionTimestampUpdated": {
        const { session, timestamp } = body.value;
        this.#emit({ kind: "active", session, atMs: fromTimestamp(timestamp) });
        break;
      }
      // Only clients send these, or they answer what nobody waits for.
      case "openFile":
      case "updateSessionTimestamp":
      case "ok":
      case "error":
        break;
      default:
        assertNever(body);
    }
  }
}

interface WireUser {
  readonly id: number;
  readonly name: string;
  readonly roles: readonly string[];
  readonly session: number;
}

function toPerson({ id, name, roles, session }: WireUser): Person {
  const role = roles.includes("owner") ? "owner" : roles.includes("viewer") ? "viewer" : "editor";
  return { session, userId: id, name, role };
}
