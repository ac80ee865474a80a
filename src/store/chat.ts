import {
  applyChatLine,
  parseChatLines,
  type Activity,
  type ChatEntry,
  type ChatItem,
  type Message,
  type PlaceMark,
} from "#common/chat/log.ts";
import { withImages, type ImageMark } from "#common/chat/images.ts";
import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import { randomId, type Random } from "#common/lib/random.ts";
import type { Client } from "#protocol/client.ts";
import type { ChatEvent } from "#protocol/services/chat.ts";
import type { MetadataEvent } from "#protocol/services/metadata.ts";

import type { Attachment, ChatImages } from "./chat/images.ts";
import {
  emptyDraft,
  isEmptyDraft,
  joinDrafts,
  type ChatDraft,
  type ChatJournal,
  type UnsentMessage,
} from "./chat/journal.ts";
import type { Places } from "./chat/places.ts";

export interface Sending extends UnsentMessage {
  readonly failure: string | undefined;
  /** It could not be sent for lack of a connection, and goes with the next one. */
  readonly waits: boolean;
}

/** What goes with the words of a message. */
export interface Enclosed {
  /** Places in it that are marked already. */
  readonly places?: readonly PlaceMark[];
  readonly images?: readonly Attachment[];
}

export interface ChatState {
  /** What was said and done, oldest first; undefined until it is known. */
  readonly items: readonly ChatItem[] | undefined;
  /** Mine, not yet confirmed by the container, in the order in which they go. */
  readonly sending: readonly Sending[];
  /** The message that is being written. */
  readonly draft: ChatDraft;
  readonly typing: readonly string[];
  /** Messages that came while the chat was not in sight. */
  readonly unread: number;
  /** The first unread message, where the divider stands until the chat is left. */
  readonly dividerId: string | undefined;
  readonly visible: boolean;
  /** My message that is being written anew. */
  readonly editing: string | undefined;
}

export const initialChat: ChatState = {
  items: undefined,
  sending: [],
  draft: emptyDraft,
  typing: [],
  unread: 0,
  dividerId: undefined,
  visible: false,
  editing: undefined,
};

/** The key of the room's log. */
export const CHAT_LOG = "chat";

/** With these, nobody knows whether a request has arrived. */
const lacksConnection: ReadonlySet<string> = new Set(["unavailable", "closed", "timeout"]);

/** Older ones are let go of; the container keeps its own history. */
const MAX_ITEMS = 1_500;

export function applyChat(state: ChatState, event: ChatEvent): ChatState {
  switch (event.kind) {
    case "entered":
      return { ...state, typing: [] };
    case "typing": {
      const others = state.typing.filter((author) => author !== event.author);
      return { ...state, typing: event.typing ? [...others, event.author] : others };
    }
    default:
      return assertNever(event);
  }
}

/** Takes in the log of the room, whole or what is new in it; `me` is my account. */
export function applyChatLog(
  state: ChatState,
  event: MetadataEvent,
  me: number | undefined,
): ChatState {
  if (event.key !== CHAT_LOG) return state;
  const before = event.kind === "value" ? [] : (state.items ?? []);
  const items = parseChatLines(event.text).reduce(applyChatLine, before).slice(-MAX_ITEMS);
  const fresh = freshMessages(state.items, items, event.kind);
  const unread = state.visible ? [] : fresh.filter(({ userId }) => userId !== me);
  const names = new Set(fresh.map(({ name }) => name));
  const ids = new Set(items.map(({ id }) => id));
  return {
    ...state,
    items,
    sending: state.sending.filter(({ id }) => !ids.has(id)),
    typing: state.typing.filter((author) => !names.has(author)),
    unread: state.unread + unread.length,
    dividerId: state.dividerId ?? unread[0]?.id,
  };
}

/** What was said since; of what is found on arriving, nothing is news. */
function freshMessages(
  before: readonly ChatItem[] | undefined,
  items: readonly ChatItem[],
  kind: MetadataEvent["kind"],
): readonly Message[] {
  if (before === undefined && kind === "value") return [];
  const known = new Set(before?.map(({ id }) => id));
  // All that is older than the last known message was taken away, not said.
  const last = before?.findLast((item) => item.kind === "message")?.atMs ?? 0;
  return items.filter(
    (item): item is Message => item.kind === "message" && item.atMs >= last && !known.has(item.id),
  );
}

/** Consecutive messages of one author within a few minutes, or what happened between. */
export type ChatGroup =
  | {
      readonly kind: "messages";
      readonly id: string;
      readonly userId: number;
      readonly author: string;
      readonly atMs: number;
      readonly messages: readonly Message[];
    }
  | {
      readonly kind: "activity";
      readonly id: string;
      readonly activities: readonly Activity[];
    };

const GROUP_MS = 5 * 60_000;

/** The items as they are drawn; the divider begins a group. */
export const chatGroups = memoizeLast(
  (
    items: readonly ChatItem[],
    dividerId: string | undefined,
    showsActivity: boolean,
  ): readonly ChatGroup[] => {
    const groups: ChatGroup[] = [];
    for (const item of items) {
      const previous = groups.at(-1);
      if (item.kind === "activity") {
        if (!showsActivity) continue;
        const activities = previous?.kind === "activity" ? previous.activities : [];
        if (previous?.kind === "activity") groups.pop();
        groups.push({
          kind: "activity",
          id: activities[0]?.id ?? item.id,
          activities: [...activities, item],
        });
        continue;
      }
      const { id, userId, name: author, atMs } = item;
      const continues =
        previous?.kind === "messages" &&
        previous.userId === userId &&
        previous.author === author &&
        atMs - (previous.messages.at(-1)?.atMs ?? 0) < GROUP_MS &&
        id !== dividerId;
      if (continues) {
        groups[groups.length - 1] = { ...previous, messages: [...previous.messages, item] };
      } else {
        groups.push({ kind: "messages", id, userId, author, atMs, messages: [item] });
      }
    }
    return groups;
  },
);

export function messageOf({ items }: ChatState, id: string | undefined): Message | undefined {
  return items?.find((item): item is Message => item.kind === "message" && item.id === id);
}

export function lastOwnMessage({ items }: ChatState, me: number | undefined): Message | undefined {
  return items?.findLast((item): item is Message => item.kind === "message" && item.userId === me);
}

/** `Ada is typing…`, at most two names, then a number. */
export function typingLabel(typing: readonly string[]): string {
  const [first, second] = typing;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (typing.length === 2) return `${first} and ${second} are typing…`;
  return `${typing.length} people are typing…`;
}

export interface ChatActions {
  /** Says something; places in it are marked, but for those that are already. */
  say(text: string, enclosed?: Enclosed): Promise<void>;
  retry(id: string): Promise<void>;
  /** The connection is back: sends what has waited for it. */
  sendWaiting(): void;
  /** Goes on with what pages that are gone have not sent, and with what was being written there. */
  takeLeft(): Promise<void>;
  discard(id: string): void;
  /** Whether all that waits would outlive this page. */
  isKept(): boolean;
  readonly changeDraft: (change: (draft: ChatDraft) => ChatDraft) => void;
  /** Begins to write a message of mine anew, or leaves it as it is. */
  setEditing(id: string | undefined): void;
  /** Each of these answers why it was not done, or nothing when it was. */
  edit(id: string, text: string, images?: readonly Attachment[]): Promise<string | undefined>;
  remove(id: string): Promise<string | undefined>;
  noteRestored(path: string, version: number): void;
  setTyping(typing: boolean): void;
  /** Whether the messages are in sight; what is in sight is read. */
  readonly setVisible: (visible: boolean) => void;
}

interface ChatParts {
  readonly random: Random;
  readonly places: Places;
  readonly images: ChatImages;
  readonly journal: ChatJournal;
}

/** Why something was not done, and whether that is for lack of a connection. */
type Refusal = Pick<Sending, "waits"> & { readonly failure: string };

export function createChatActions(
  { chat, metadata }: Client,
  cell: Cell<ChatState>,
  { random, places, images, journal }: ChatParts,
): ChatActions {
  const set = (change: Partial<ChatState>): void =>
    cell.update((state) => ({ ...state, ...change }));
  async function add(entry: ChatEntry): Promise<Refusal | undefined> {
    const result = await metadata.append(CHAT_LOG, JSON.stringify(entry));
    if (result.ok) return undefined;
    const { code, message } = result.error;
    return { failure: message, waits: lacksConnection.has(code) };
  }
  /** The same with images, which have to arrive before what speaks of them. */
  async function addWith(
    attached: readonly Attachment[],
    entryWith: (marks: readonly ImageMark[]) => Promise<ChatEntry>,
  ): Promise<Refusal | undefined> {
    const answer = await images.send(attached);
    if (answer.ok) return add(await entryWith(answer.value));
    return { failure: answer.message, waits: answer.isUnreachable === true };
  }
  const withPlaces = (marks: readonly PlaceMark[]) => (marks.length === 0 ? {} : { places: marks });
  function change(id: string, now: Partial<Sending>): void {
    set({ sending: cell.get().sending.map((one) => (one.id === id ? { ...one, ...now } : one)) });
  }
  function drop(id: string): void {
    set({ sending: cell.get().sending.filter((other) => other.id !== id) });
    forgetDone();
  }

  /** Those that the journal has. */
  const kept = new Set<string>();
  async function keep(message: UnsentMessage): Promise<void> {
    try {
      await journal.keep(message);
      kept.add(message.id);
      forgetDone();
    } catch {
      // It goes all the same. Before the page is left while it waits, the browser asks.
    }
  }
  function forgetDone(): void {
    const ids = new Set(cell.get().sending.map(({ id }) => id));
    for (const id of kept) {
      if (ids.has(id)) continue;
      kept.delete(id);
      // Should it stay, the container knows it by its id (CT12).
      journal.forget(id).catch(() => {});
    }
  }
  /** Whether it is to be sent from here: not when another page has taken care of it. */
  async function isOurs({ id, waits }: Sending): Promise<boolean> {
    if (!waits || !kept.has(id)) return true;
    return journal.owns(id).catch(() => true);
  }

  /** Sends one and tells whether others may follow. */
  async function send(message: Sending): Promise<boolean> {
    const { id, text } = message;
    if (!(await isOurs(message))) {
      kept.delete(id);
      drop(id);
      return true;
    }
    const refusal = await addWith(message.images, async (shown) => {
      const marks = await places.marksIn(text, message.places);
      return { kind: "said", id, text: withImages(text, shown), ...withPlaces(marks) };
    });
    if (refusal === undefined) drop(id);
    else if (refusal.waits) waitFrom(id, refusal);
    else change(id, refusal);
    return refusal?.waits !== true;
  }
  /** What comes later must not overtake what waits. */
  function waitFrom(first: string, refusal: Refusal): void {
    const { sending } = cell.get();
    const start = sending.findIndex(({ id }) => id === first);
    set({
      sending: sending.map((one, index) =>
        index === start || (index > start && one.failure === undefined)
          ? { ...one, ...refusal }
          : one,
      ),
    });
  }
  async function sendInOrder(): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      const next = cell
        .get()
        .sending.find(
          ({ id, failure, waits }) => !tried.has(id) && (waits || failure === undefined),
        );
      if (next === undefined) return;
      tried.add(next.id);
      if (!(await send(next))) return;
    }
  }
  let isSending = false;
  let isWanted = false;
  /** Whatever is not refused, one after another and from the first on. */
  async function sendAll(): Promise<void> {
    isWanted = true;
    if (isSending) return;
    isSending = true;
    forgetDone();
    while (isWanted) {
      isWanted = false;
      await sendInOrder();
    }
    isSending = false;
  }

  let isKeepingDraft = false;
  /** The last one counts: while one is written, what is typed meanwhile waits. */
  async function keepDraft(): Promise<void> {
    if (isKeepingDraft) return;
    isKeepingDraft = true;
    let last: ChatDraft | undefined;
    while (last !== cell.get().draft) {
      last = cell.get().draft;
      await journal.keepDraft(last).catch(() => {});
    }
    isKeepingDraft = false;
  }

  return {
    async say(text, { places: marks = [], images: attached = [] } = {}) {
      const message = { id: randomId(random), text, places: marks, images: attached };
      const sending: Sending = { ...message, failure: undefined, waits: false };
      set({ dividerId: undefined, sending: [...cell.get().sending, sending] });
      void keep(message);
      await sendAll();
    },
    async retry(id) {
      change(id, { failure: undefined });
      await sendAll();
    },
    sendWaiting: () => void sendAll(),
    async takeLeft() {
      const left = await journal.take().catch(() => undefined);
      if (left === undefined || (left.messages.length === 0 && isEmptyDraft(left.draft))) return;
      const { items = [], sending, draft } = cell.get();
      for (const { id } of left.messages) kept.add(id);
      const known = new Set([...items, ...sending].map(({ id }) => id));
      const found = left.messages
        .filter(({ id }) => !known.has(id))
        .map((message) => ({ ...message, failure: "the page was left", waits: true }));
      set({ sending: [...found, ...sending], draft: joinDrafts(left.draft, draft) });
      await Promise.all([sendAll(), keepDraft()]);
    },
    discard: drop,
    isKept: () => cell.get().sending.every(({ id }) => kept.has(id)),
    changeDraft(next) {
      set({ draft: next(cell.get().draft) });
      void keepDraft();
    },
    setEditing: (editing) => set({ editing }),
    async edit(message, text, attached = []) {
      const refusal = await addWith(attached, async (shown) => {
        const marks = await places.marksIn(text, messageOf(cell.get(), message)?.places ?? []);
        return { kind: "edited", message, text: withImages(text, shown), ...withPlaces(marks) };
      });
      return refusal?.failure;
    },
    remove: async (message) => (await add({ kind: "deleted", message }))?.failure,
    noteRestored: (path, version) => void add({ kind: "restored", path, version }),
    setTyping: (typing) => chat.setTyping(typing),
    setVisible(visible) {
      cell.update((state) => ({
        ...state,
        visible,
        unread: visible ? 0 : state.unread,
        dividerId: visible ? state.dividerId : undefined,
      }));
    },
  };
}
