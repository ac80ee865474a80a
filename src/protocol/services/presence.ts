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

/** A place in the room. */
export interface View {
  /** What is in front: `file:<path>`, `history:<path>`, `shell:<name>`, `console` or `preview`. */
  readonly pane: string;
  /**
   * The first line in sight, or the one to come to; from 1. Of a terminal, how far it is scrolled back:
   * 1 is its newest screen.
   */
  readonly line?: number;
  /** What a preview was asked to show: `:3000/path`. */
  readonly address?: string;
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
  | { readonly kind: "active"; readonly session: number; readonly atMs: number }
  /** Where a session is; undefined when it does not say. */
  | { readonly kind: "view"; readonly session: number; readonly view: View | undefined }
  /** Indexes of the palette, by account: of everyone at first, then as they change. */
  | { readonly kind: "colors"; readonly colors: Readonly<Record<number, number>> }
  /** Someone asks the others to come. */
  | { readonly kind: "called"; readonly session: number; readonly view: View };

/** "Still here" is told at most this often: fine enough for "idle 5 min". */
const TOUCH_INTERVAL_MS = 10_000;

/** Where we are is told at most this often: as smooth as scrolling along looks. */
const VIEW_INTERVAL_MS = 60;

export class PresenceService {
  readonly #clock: Clock;
  readonly #emit: (event: PresenceEvent) => void;
  readonly #channel: Channel<"presence">;
  #file = "";
  readonly #following = new Set<number>();
  #touchedMs: number | undefined;
  #view: View | undefined;
  #viewIsNew = false;
  #viewSentMs = -Infinity;

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
    this.#following.add(session);
    this.#channel.send({ case: "followUser", value: { session } });
  }

  unfollow(session: number): void {
    this.#following.delete(session);
    this.#channel.send({ case: "unfollowUser", value: { session } });
  }

  /** What is in front here; undefined for what is nobody else's business. */
  setView(view: View | undefined): void {
    this.#view = view;
    if (this.#viewIsNew) return;
    this.#viewIsNew = true;
    const waitMs = this.#viewSentMs + VIEW_INTERVAL_MS - this.#clock.now();
    if (waitMs > 0) this.#clock.after(waitMs, () => this.#sendView());
    else this.#sendView();
  }

  setColor(color: number): void {
    const value = JSON.stringify({ color });
    // Nobody waits for it, but it must not be lost with a connection.
    void this.#channel.request({ case: "input", value }, { repeatable: true });
  }

  call(view: View): void {
    this.#say({ call: view });
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
    for (const session of this.#following) this.follow(session);
    if (this.#view !== undefined) this.#say({ view: this.#view });
  }

  #sendView(): void {
    this.#viewIsNew = false;
    this.#viewSentMs = this.#clock.now();
    this.#say({ view: this.#view ?? null });
  }

  #say(what: Readonly<Record<string, unknown>>): void {
    this.#channel.send({ case: "input", value: JSON.stringify(what) });
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
        this.#following.delete(body.value.session);
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
      case "output":
        for (const event of told(body.value)) this.#emit(event);
        break;
      // Only clients send these, or they answer what nobody waits for.
      case "openFile":
      case "input":
      case "updateSessionTimestamp":
      case "ok":
      case "error":
        break;
      default:
        assertNever(body);
    }
  }
}

/** What a container tells by `output` (PR7). The others wrote it: only what makes sense counts. */
function told(text: string): readonly PresenceEvent[] {
  const { session, view, colors, call } = fieldsOf(text);
  const events: PresenceEvent[] = [];
  if (typeof colors === "object" && colors !== null) {
    const valid = Object.entries(colors).filter(([, color]) => typeof color === "number");
    events.push({ kind: "colors", colors: Object.fromEntries(valid) });
  }
  if (typeof session !== "number") return events;
  if (view !== undefined) events.push({ kind: "view", session, view: toView(view) });
  const called = toView(call);
  if (called !== undefined) events.push({ kind: "called", session, view: called });
  return events;
}

interface Told {
  readonly session?: unknown;
  readonly view?: unknown;
  readonly colors?: unknown;
  readonly call?: unknown;
}

function fieldsOf(text: string): Told {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === "object" && fields !== null ? fields : {};
  } catch {
    return {}; // From a container that means something else by it.
  }
}

function toView(value: unknown): View | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { pane, line, address }: Partial<Record<string, unknown>> = value;
  if (typeof pane !== "string") return undefined;
  return {
    pane,
    ...(typeof line === "number" && line >= 1 && { line: Math.floor(line) }),
    ...(typeof address === "string" && { address }),
  };
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
