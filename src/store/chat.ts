import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import { memoizeLast } from "#common/lib/memoize.ts";
import type { Client } from "#protocol/client.ts";
import type { ChatEvent, ChatMessage } from "#protocol/services/chat.ts";

/** What the room did, told in grey among the messages. */
export interface SystemLine {
  readonly text: string;
  readonly atMs: number;
}

export type ChatLine =
  | { readonly kind: "message"; readonly id: number; readonly message: ChatMessage }
  | { readonly kind: "system"; readonly id: number; readonly line: SystemLine };

export interface Sending {
  readonly id: number;
  readonly text: string;
  readonly failure: string | undefined;
}

export interface ChatState {
  readonly lines: readonly ChatLine[];
  /** Mine, not yet confirmed by the container. */
  readonly sending: readonly Sending[];
  readonly typing: readonly string[];
  /** Messages that came while the chat was not in sight. */
  readonly unread: number;
  /** The first unread line, where the divider stands until the chat is left. */
  readonly dividerId: number | undefined;
  readonly visible: boolean;
  readonly nextId: number;
}

export const initialChat: ChatState = {
  lines: [],
  sending: [],
  typing: [],
  unread: 0,
  dividerId: undefined,
  visible: false,
  nextId: 1,
};

/** Older lines are let go of; the container keeps its own history. */
const MAX_LINES = 1_000;

export function applyChat(state: ChatState, event: ChatEvent): ChatState {
  switch (event.kind) {
    case "scrollback": {
      const system = state.lines.filter((line) => line.kind === "system");
      let { nextId } = state;
      const lines = event.messages.map((message) => ({
        kind: "message" as const,
        id: nextId++,
        message,
      }));
      return { ...state, lines: [...lines, ...system].slice(-MAX_LINES), nextId };
    }
    case "message": {
      const id = state.nextId;
      const added = addLine(state, { kind: "message", id, message: event.message });
      return {
        ...added,
        typing: state.typing.filter((author) => author !== event.message.author),
        unread: state.visible ? 0 : state.unread + 1,
        dividerId: state.visible ? state.dividerId : (state.dividerId ?? id),
      };
    }
    case "typing": {
      const others = state.typing.filter((author) => author !== event.author);
      return { ...state, typing: event.typing ? [...others, event.author] : others };
    }
    default:
      return assertNever(event);
  }
}

/** Tells something the room did; never counts as unread. */
export function applySystemLine(state: ChatState, line: SystemLine): ChatState {
  return addLine(state, { kind: "system", id: state.nextId, line });
}

function addLine(state: ChatState, line: ChatLine): ChatState {
  return {
    ...state,
    lines: [...state.lines, line].slice(-MAX_LINES),
    nextId: state.nextId + 1,
  };
}

/** Consecutive lines of one author within a few minutes, or of the room. */
export type ChatGroup =
  | {
      readonly kind: "messages";
      readonly id: number;
      readonly author: string;
      readonly atMs: number | undefined;
      readonly messages: readonly { readonly id: number; readonly text: string }[];
    }
  | { readonly kind: "system"; readonly id: number; readonly lines: readonly SystemLine[] };

const GROUP_MS = 5 * 60_000;

/** The lines as they are drawn, by author; the divider begins a group. */
export const chatGroups = memoizeLast(
  (lines: readonly ChatLine[], dividerId: number | undefined): readonly ChatGroup[] => {
    const groups: ChatGroup[] = [];
    let lastMs: number | undefined;
    for (const line of lines) {
      const previous = groups.at(-1);
      if (line.kind === "system") {
        if (previous?.kind === "system") {
          groups[groups.length - 1] = { ...previous, lines: [...previous.lines, line.line] };
        } else {
          groups.push({ kind: "system", id: line.id, lines: [line.line] });
        }
        continue;
      }
      const { author, text, receivedMs } = line.message;
      const close =
        receivedMs === undefined || lastMs === undefined
          ? receivedMs === lastMs
          : receivedMs - lastMs < GROUP_MS;
      if (
        previous?.kind === "messages" &&
        previous.author === author &&
        close &&
        line.id !== dividerId
      ) {
        groups[groups.length - 1] = {
          ...previous,
          messages: [...previous.messages, { id: line.id, text }],
        };
      } else {
        groups.push({
          kind: "messages",
          id: line.id,
          author,
          atMs: receivedMs,
          messages: [{ id: line.id, text }],
        });
      }
      lastMs = receivedMs;
    }
    return groups;
  },
);

/** `Ada is typing…`, at most two names, then a number. */
export function typingLabel(typing: readonly string[]): string {
  const [first, second] = typing;
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing…`;
  if (typing.length === 2) return `${first} and ${second} are typing…`;
  return `${typing.length} people are typing…`;
}

export interface ChatActions {
  say(text: string): Promise<void>;
  retry(id: number): Promise<void>;
  discard(id: number): void;
  setTyping(typing: boolean): void;
  /** Whether the messages are in sight; what is in sight is read. */
  setVisible(visible: boolean): void;
}

export function createChatActions({ chat }: Client, cell: Cell<ChatState>): ChatActions {
  async function send(id: number, text: string): Promise<void> {
    cell.update((state) => ({
      ...state,
      sending: [
        ...state.sending.filter((other) => other.id !== id),
        { id, text, failure: undefined },
      ],
    }));
    const result = await chat.say(text);
    cell.update((state) => ({
      ...state,
      sending: result.ok
        ? state.sending.filter((other) => other.id !== id)
        : state.sending.map((other) =>
            other.id === id ? { ...other, failure: result.error.message } : other,
          ),
    }));
  }

  return {
    async say(text) {
      const id = cell.get().nextId;
      cell.update((state) => ({ ...state, nextId: id + 1, dividerId: undefined }));
      await send(id, text);
    },
    async retry(id) {
      const sending = cell.get().sending.find((other) => other.id === id);
      if (sending !== undefined) await send(id, sending.text);
    },
    discard(id) {
      cell.update((state) => ({
        ...state,
        sending: state.sending.filter((other) => other.id !== id),
      }));
    },
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
