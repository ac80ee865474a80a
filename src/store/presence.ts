import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { Client } from "#protocol/client.ts";
import type { Person, PresenceEvent, View } from "#protocol/services/presence.ts";

export interface PresenceState {
  /** Everyone who is here, in the order in which they came; I am among them. */
  readonly people: readonly Person[];
  /** The file that each session looks at. */
  readonly files: Readonly<Record<number, string>>;
  /** What each session has in front, as far as it says so. */
  readonly views: Readonly<Record<number, View>>;
  /** Sessions that follow me. */
  readonly followers: readonly number[];
  /** In each group of panes at most one, the latest last. */
  readonly following: readonly Following[];
  readonly activeAtMs: Readonly<Record<number, number>>;
  /** An index of the palette for everyone who was ever here, as the container says (PR9). */
  readonly colors: Readonly<Record<number, number>>;
}

/** Whom I go along with, and where. */
export interface Following {
  readonly session: number;
  /** I have wandered off for a moment. */
  readonly paused: boolean;
  /** Files of theirs are shown in this group of panes. */
  readonly group: string;
  /** The pane that shows what they see; undefined before anything could be shown. */
  readonly pane: string | undefined;
}

export const initialPresence: PresenceState = {
  people: [],
  files: {},
  views: {},
  followers: [],
  following: [],
  activeAtMs: {},
  colors: {},
};

/** The one other person here by name, when there is just one to whom something can be put down. */
export function otherPerson({ people }: PresenceState, ownSession: number | undefined): string {
  const [other, ...more] = people.filter(({ session }) => session !== ownSession);
  return other === undefined || more.length > 0 ? "someone else" : other.name;
}

/** Colours that people with any colour vision can tell apart; styles know them as `--person-N`. */
const PERSON_COLORS = 8;

/** The colour of an account, also of one that never said hello to the room. */
export function colorOf({ colors }: Pick<PresenceState, "colors">, userId: number): number {
  return colors[userId] ?? Math.abs(userId) % PERSON_COLORS;
}

export function applyPresence(state: PresenceState, event: PresenceEvent): PresenceState {
  switch (event.kind) {
    case "roster": {
      const present = new Set(event.people.map(({ session }) => session));
      return {
        ...state,
        people: event.people,
        files: event.files,
        views: {},
        followers: state.followers.filter((session) => present.has(session)),
        following: state.following.filter(({ session }) => present.has(session)),
        colors: event.people.reduce(withColor, state.colors),
      };
    }
    case "joined":
      return {
        ...state,
        people: state.people.some(({ session }) => session === event.person.session)
          ? renamePerson(state, event.person).people
          : [...state.people, event.person],
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
    case "view": {
      const { [event.session]: _previous, ...views } = state.views;
      return {
        ...state,
        views: event.view === undefined ? views : { ...views, [event.session]: event.view },
      };
    }
    case "colors":
      return { ...state, colors: { ...state.colors, ...event.colors } };
    case "called":
      return state;
    case "active":
      return { ...state, activeAtMs: { ...state.activeAtMs, [event.session]: event.atMs } };
    default:
      return assertNever(event);
  }
}

/** Somebody who is here has another name, and is otherwise who they were. */
export function renamePerson(state: PresenceState, person: Person): PresenceState {
  const { people } = state;
  return {
    ...state,
    people: people.map((other) => (other.session === person.session ? person : other)),
  };
}

function removeSession(state: PresenceState, session: number): PresenceState {
  const { [session]: _file, ...files } = state.files;
  const { [session]: _view, ...views } = state.views;
  const { [session]: _active, ...activeAtMs } = state.activeAtMs;
  return {
    ...state,
    people: state.people.filter((person) => person.session !== session),
    files,
    views,
    activeAtMs,
    followers: state.followers.filter((follower) => follower !== session),
    following: state.following.filter((following) => following.session !== session),
  };
}

/**
 * Until the container says which it is, or should it have none to give: the colour of the person's
 * number, or the next one that is free.
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
  /** What they have in front, where they say so. */
  readonly view: View | undefined;
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
    state.views,
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
    views: PresenceState["views"],
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
        color: colorOf({ colors }, userId),
        isMe: sessions.some(({ session }) => session === mySession),
        session: latest.session,
        tabs: sessions.length,
        file: files[latest.session],
        view: views[latest.session],
        activeAtMs: activeAtMs[latest.session],
        followsMe: sessions.some(({ session }) => followers.includes(session)),
      };
    });
    return list.toSorted((a, b) => Number(b.isMe) - Number(a.isMe));
  },
);

/** The colours that others who are here have, and who has them; none when there are more people than colours. */
export function takenColors(everyone: readonly Participant[]): ReadonlyMap<number, string> {
  if (everyone.length > PERSON_COLORS) return new Map();
  return new Map(everyone.filter(({ isMe }) => !isMe).map(({ color, name }) => [color, name]));
}

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
  /** Tells the others which file I look at, and what I have in front. */
  lookAt(path: string | undefined, pane: string | undefined): void;
  /** The first line in sight of what I have in front, which goes to those who follow me. */
  scrolled(pane: string, line: number): void;
  /** What a preview shows, which goes to them too. */
  addressed(pane: string, address: string | undefined): void;
  /** Tells followers what others need not know: someone has just begun to follow me. */
  showFollowers(): void;
  /** Goes along in the group of panes where I am, and in no other and with nobody else there. */
  follow(session: number): void;
  unfollow(session: number): void;
  /** My own edit or scroll in a pane: when it is one that goes along, it stays until I resume. */
  pauseFollowing(pane: string): void;
  resumeFollowing(session: number): void;
  /** The pane that shows what the followed person sees. */
  followedTo(session: number, pane: string): void;
  touch(): void;
  /** The colour in which everyone sees me, here and on my next visits. */
  setColor(color: number): void;
  /** Asks the others to come to where I am. */
  callTogether(view: View): void;
}

export interface PresenceNeeds {
  /** The group of panes that shows files of somebody who is followed. */
  readonly followGroup: () => string;
  readonly rememberColor: (color: number) => void;
}

export function createPresenceActions(
  { presence }: Client,
  cell: Cell<PresenceState>,
  { followGroup, rememberColor }: PresenceNeeds,
): PresenceActions {
  let front: string | undefined;
  const lines = new Map<string, number>();
  const addresses = new Map<string, string | undefined>();

  function change(
    concerns: (following: Following) => boolean,
    to: Partial<Pick<Following, "paused" | "pane">>,
  ): void {
    cell.update((state) => ({
      ...state,
      following: state.following.map((each) => (concerns(each) ? { ...each, ...to } : each)),
    }));
  }
  function unfollow(session: number): void {
    presence.unfollow(session);
    cell.update((state) => ({
      ...state,
      following: state.following.filter((each) => each.session !== session),
    }));
  }
  function tellView(): void {
    const { followers } = cell.get();
    const line = followers.length === 0 ? undefined : lines.get(front ?? "");
    const address = followers.length === 0 ? undefined : addresses.get(front ?? "");
    if (front === undefined) return presence.setView(undefined);
    presence.setView({
      pane: front,
      ...(line !== undefined && { line }),
      ...(address !== undefined && { address }),
    });
  }
  return {
    lookAt(path, pane) {
      presence.openFile(path ?? "");
      front = pane;
      tellView();
    },
    scrolled(pane, line) {
      if (lines.get(pane) === line) return;
      lines.set(pane, line);
      if (pane === front && cell.get().followers.length > 0) tellView();
    },
    addressed(pane, address) {
      addresses.set(pane, address);
      if (pane === front && cell.get().followers.length > 0) tellView();
    },
    showFollowers: tellView,
    follow(session) {
      const group = followGroup();
      for (const each of cell.get().following) {
        if (each.session === session || each.group === group) unfollow(each.session);
      }
      presence.follow(session);
      const following = { session, paused: false, group, pane: undefined };
      cell.update((state) => ({ ...state, following: [...state.following, following] }));
    },
    unfollow,
    pauseFollowing(pane) {
      const concerns = (each: Following): boolean => each.pane === pane && !each.paused;
      if (cell.get().following.some(concerns)) change(concerns, { paused: true });
    },
    resumeFollowing: (session) => change((each) => each.session === session, { paused: false }),
    followedTo(session, pane) {
      const concerns = (each: Following): boolean => each.session === session && each.pane !== pane;
      if (cell.get().following.some(concerns)) change(concerns, { pane });
    },
    touch: () => presence.touch(),
    setColor(color) {
      presence.setColor(color);
      rememberColor(color);
    },
    callTogether: (view) => presence.call(view),
  };
}
