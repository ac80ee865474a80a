import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { Client } from "#protocol/client.ts";
import type { Person, PresenceEvent } from "#protocol/services/presence.ts";

export interface PresenceState {
  /** Everyone who is here, in the order in which they came; I am among them. */
  readonly people: readonly Person[];
  /** The file that each session looks at. */
  readonly files: Readonly<Record<number, string>>;
  /** Sessions that follow me. */
  readonly followers: readonly number[];
  /** The session that I follow, and whether I have wandered off for a moment. */
  readonly following: { readonly session: number; readonly paused: boolean } | undefined;
  readonly activeAtMs: Readonly<Record<number, number>>;
  /** An index of the palette for everyone who was ever seen, so that nobody changes colour. */
  readonly colors: Readonly<Record<number, number>>;
}

export const initialPresence: PresenceState = {
  people: [],
  files: {},
  followers: [],
  following: undefined,
  activeAtMs: {},
  colors: {},
};

/** The one other person here by name, when there is just one to whom something can be put down. */
export function otherPerson({ people }: PresenceState, ownSession: number | undefined): string {
  const [other, ...more] = people.filter(({ session }) => session !== ownSession);
  return other === undefined || more.length > 0 ? "someone else" : other.name;
}

/** Colours that people with any colour vision can tell apart; styles know them as `--person-N`. */
export const PERSON_COLORS = 8;

export function applyPresence(state: PresenceState, event: PresenceEvent): PresenceState {
  switch (event.kind) {
    case "roster": {
      const present = new Set(event.people.map(({ session }) => session));
      return {
        ...state,
        people: event.people,
        files: event.files,
        followers: state.followers.filter((session) => present.has(session)),
        following:
          state.following !== undefined && present.has(state.following.session)
            ? state.following
            : undefined,
        colors: event.people.reduce(withColor, state.colors),
      };
    }
    case "joined":
      return {
        ...state,
        people: [
          ...state.people.filter(({ session }) => session !== event.person.session),
          event.person,
        ],
        colors: withColor(state.colors, event.person),
      };
    case "left":
      return removeSession(state, event.session);
    case "opened-file": {
      const { [event.session]: _previous, ...files } = state.files;
      return {
        ...state,
        files: event.path === "" ? files : { ...files, [event.session]: event.path },
      };
    }
    case "follows": {
      const others = state.followers.filter((session) => session !== event.session);
      return { ...state, followers: event.following ? [...others, event.session] : others };
    }
    case "active":
      return { ...state, activeAtMs: { ...state.activeAtMs, [event.session]: event.atMs } };
    default:
      return assertNever(event);
  }
}

function removeSession(state: PresenceState, session: number): PresenceState {
  const { [session]: _file, ...files } = state.files;
  const { [session]: _active, ...activeAtMs } = state.activeAtMs;
  return {
    ...state,
    people: state.people.filter((person) => person.session !== session),
    files,
    activeAtMs,
    followers: state.followers.filter((follower) => follower !== session),
    following: state.following?.session === session ? undefined : state.following,
  };
}

/**
 * A person's own number decides the colour, so that every page shows the same one; only when it is
 * taken by someone else does the next free one serve.
 */
function withColor(colors: PresenceState["colors"], { userId }: Person): PresenceState["colors"] {
  if (colors[userId] !== undefined) return colors;
  const taken = new Set(Object.values(colors));
  const preferred = Math.abs(userId) % PERSON_COLORS;
  for (let step = 0; step < PERSON_COLORS; step++) {
    const color = (preferred + step) % PERSON_COLORS;
    if (!taken.has(color)) return { ...colors, [userId]: color };
  }
  return { ...colors, [userId]: preferred };
}

/** One person, however many tabs they have. */
export interface Participant {
  readonly userId: number;
  readonly name: string;
  readonly role: Person["role"];
  readonly color: number;
  readonly isMe: boolean;
  /** The session that was active last, whose file is shown and which can be followed. */
  readonly session: number;
  readonly tabs: number;
  readonly file: string | undefined;
  readonly activeAtMs: number | undefined;
  readonly followsMe: boolean;
}

/** Everyone once, me first, then in the order in which they came. */
export function participants(
  state: PresenceState,
  mySession: number | undefined,
): readonly Participant[] {
  return computeParticipants(
    state.people,
    state.files,
    state.activeAtMs,
    state.followers,
    state.colors,
    mySession,
  );
}

const computeParticipants = memoizeLast(
  (
    people: PresenceState["people"],
    files: PresenceState["files"],
    activeAtMs: PresenceState["activeAtMs"],
    followers: PresenceState["followers"],
    colors: PresenceState["colors"],
    mySession: number | undefined,
  ): readonly Participant[] => {
    const byUser = new Map<number, readonly Person[]>();
    for (const person of people) {
      byUser.set(person.userId, [...(byUser.get(person.userId) ?? []), person]);
    }
    const list = [...byUser].map(([userId, sessions]): Participant => {
      const latest = sessions.reduce((a, b) =>
        (activeAtMs[b.session] ?? 0) >= (activeAtMs[a.session] ?? 0) ? b : a,
      );
      return {
        userId,
        name: latest.name,
        role: latest.role,
        color: colors[userId] ?? 0,
        isMe: sessions.some(({ session }) => session === mySession),
        session: latest.session,
        tabs: sessions.length,
        file: files[latest.session],
        activeAtMs: activeAtMs[latest.session],
        followsMe: sessions.some(({ session }) => followers.includes(session)),
      };
    });
    return list.toSorted((a, b) => Number(b.isMe) - Number(a.isMe));
  },
);

/** Everyone else, by the file they look at; a directory counts those of its files. */
export const peopleByFile = memoizeLast(
  (everyone: readonly Participant[]): ReadonlyMap<string, readonly Participant[]> => {
    const byFile = new Map<string, Participant[]>();
    for (const person of everyone) {
      if (person.isMe || person.file === undefined) continue;
      const parts = person.file.split("/");
      for (let depth = 1; depth <= parts.length; depth++) {
        const path = parts.slice(0, depth).join("/");
        byFile.set(path, [...(byFile.get(path) ?? []), person]);
      }
    }
    return byFile;
  },
);

/** Up to two letters that stand for a person where the name has no room. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s._-]+/u)
    .filter((word) => word !== "");
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word = "") => /^./u.exec(word)?.[0] ?? "")
    .join("");
  return letters.toLocaleUpperCase() || "?";
}

const IDLE_MS = 5 * 60_000;
const AWAY_MS = 30 * 60_000;

/** `active`, or for how long nothing was heard. Someone of whom nothing is known is active. */
export function activity(
  activeAtMs: number | undefined,
  nowMs: number,
): { readonly kind: "active" | "idle" | "away"; readonly minutes: number } {
  const quietMs = activeAtMs === undefined ? 0 : nowMs - activeAtMs;
  const kind = quietMs < IDLE_MS ? "active" : quietMs < AWAY_MS ? "idle" : "away";
  return { kind, minutes: Math.floor(quietMs / 60_000) };
}

export interface PresenceActions {
  /** Tells which file I look at. */
  lookAt(path: string | undefined): void;
  follow(session: number): void;
  unfollow(): void;
  /** My own edit or scroll: stays where I am until I resume. */
  pauseFollowing(): void;
  resumeFollowing(): void;
  touch(): void;
}

export function createPresenceActions(
  { presence }: Client,
  cell: Cell<PresenceState>,
): PresenceActions {
  function setPaused(paused: boolean): void {
    const { following } = cell.get();
    if (following === undefined || following.paused === paused) return;
    cell.update((state) => ({ ...state, following: { ...following, paused } }));
  }
  function unfollow(): void {
    const { following } = cell.get();
    if (following === undefined) return;
    presence.unfollow(following.session);
    cell.update((state) => ({ ...state, following: undefined }));
  }
  return {
    lookAt: (path) => presence.openFile(path ?? ""),
    follow(session) {
      unfollow();
      presence.follow(session);
      cell.update((state) => ({ ...state, following: { session, paused: false } }));
    },
    unfollow,
    pauseFollowing: () => setPaused(true),
    resumeFollowing: () => setPaused(false),
    touch: () => presence.touch(),
  };
}
