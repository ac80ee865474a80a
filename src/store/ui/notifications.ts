import type { Cell } from "#common/lib/cell.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";

export interface Notification {
  readonly id: number;
  readonly tone: "info" | "success" | "error";
  readonly text: string;
  readonly atMs: number;
  /** What the button says, when there is something to do about it. */
  readonly actionLabel: string | undefined;
  /** On the screen now, rather than only in the list. */
  readonly shown: boolean;
}

export interface NotificationsState {
  /** Latest first. */
  readonly list: readonly Notification[];
  readonly unseen: number;
  /** The last thing worth telling to someone who listens rather than looks. */
  readonly announcement: string;
}

export const initialNotifications: NotificationsState = { list: [], unseen: 0, announcement: "" };

const SHOWN_MS = 6_000;
const MAX_SHOWN = 3;
const KEPT = 100;

export interface Notice {
  readonly text: string;
  readonly tone?: Notification["tone"];
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface NotificationActions {
  notify(notice: Notice): void;
  /** Takes it off the screen; the list keeps it. */
  dismiss(id: number): void;
  act(id: number): void;
  /** While a person looks at the notices, none goes away. */
  hold(held: boolean): void;
  markSeen(): void;
  clear(): void;
  announce(text: string): void;
}

export function createNotificationActions(
  cell: Cell<NotificationsState>,
  clock: Clock,
): NotificationActions {
  // Functions and timers are not state.
  const actions = new Map<number, () => void>();
  const timers = new Map<number, Cancel>();
  let nextId = 1;

  function dismiss(id: number): void {
    timers.get(id)?.();
    timers.delete(id);
    cell.update((state) => ({
      ...state,
      list: state.list.map((other) => (other.id === id ? { ...other, shown: false } : other)),
    }));
  }
  const startTimer = (id: number) =>
    timers.set(
      id,
      clock.after(SHOWN_MS, () => dismiss(id)),
    );

  return {
    notify({ text, tone = "info", action }) {
      const id = nextId++;
      if (action !== undefined) actions.set(id, action.run);
      const notification: Notification = {
        id,
        tone,
        text,
        atMs: clock.now(),
        actionLabel: action?.label,
        shown: true,
      };
      const crowded = cell
        .get()
        .list.filter(({ shown }) => shown)
        .slice(MAX_SHOWN - 1);
      for (const other of crowded) dismiss(other.id);
      cell.update((state) => ({
        list: [notification, ...state.list].slice(0, KEPT),
        unseen: state.unseen + 1,
        announcement: text,
      }));
      startTimer(id);
    },
    dismiss,
    act(id) {
      actions.get(id)?.();
      actions.delete(id);
      cell.update((state) => ({
        ...state,
        list: state.list.map((other) =>
          other.id === id ? { ...other, actionLabel: undefined } : other,
        ),
      }));
      dismiss(id);
    },
    hold(held) {
      for (const { id, shown } of cell.get().list) {
        if (!shown) continue;
        timers.get(id)?.();
        if (held) timers.delete(id);
        else startTimer(id);
      }
    },
    markSeen: () => cell.update((state) => ({ ...state, unseen: 0 })),
    clear() {
      for (const cancel of timers.values()) cancel();
      timers.clear();
      actions.clear();
      cell.update((state) => ({ ...state, list: [], unseen: 0 }));
    },
    announce: (text) => cell.update((state) => ({ ...state, announcement: text })),
  };
}
