import type { Cell } from "#common/lib/cell.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";

export interface Notification {
  readonly id: number;
  readonly tone: "info" | "success" | "error";
  readonly text: string;
  readonly atMs: number;
  /** What the button says, while there is something to do about it. */
  readonly actionLabel: string | undefined;
  readonly shownMs: number;
  /** On the screen now; those that wait come one after another. The list has all. */
  readonly stage: "waiting" | "shown" | "listed";
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
/** What others wait for goes sooner. */
const SHOWN_BRIEFLY_MS = 2_500;
const KEPT = 100;

export interface Notice {
  readonly text: string;
  readonly tone?: Notification["tone"];
  readonly action?: {
    readonly label: string;
    readonly run: () => void;
    /** It shows something, so the list offers it too, as often as wanted. Others go with the notice. */
    readonly isLasting?: boolean;
  };
  /** How long it stays on the screen while no other waits; the usual time without. */
  readonly shownMs?: number;
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

/** The notice that is on the screen. */
export function shownNotice({ list }: NotificationsState): Notification | undefined {
  return list.find(({ stage }) => stage === "shown");
}

/** While `isQuiet`, nothing but an error is put on the screen. */
export function createNotificationActions(
  cell: Cell<NotificationsState>,
  clock: Clock,
  isQuiet: () => boolean,
): NotificationActions {
  // Functions and timers are not state.
  const actions = new Map<number, NonNullable<Notice["action"]>>();
  let timer: Cancel | undefined;
  let isHeld = false;
  let shownAtMs = 0;
  let nextId = 1;

  function change(id: number, to: Partial<Notification>): void {
    cell.update((state) => ({
      ...state,
      list: state.list.map((other) => (other.id === id ? { ...other, ...to } : other)),
    }));
  }
  const waiting = () => cell.get().list.findLast(({ stage }) => stage === "waiting");

  /** Has the next one come up, and the present one go when its time is over. */
  function proceed(): void {
    timer?.();
    timer = undefined;
    const next = waiting();
    const shown = shownNotice(cell.get());
    if (shown === undefined && next !== undefined) {
      change(next.id, { stage: "shown" });
      shownAtMs = clock.now();
      return proceed();
    }
    if (shown === undefined || isHeld) return;
    const lastsMs = next === undefined ? shown.shownMs : SHOWN_BRIEFLY_MS;
    const leftMs = Math.max(0, shownAtMs + lastsMs - clock.now());
    timer = clock.after(leftMs, () => dismiss(shown.id));
  }
  function dismiss(id: number): void {
    const lasts = actions.get(id)?.isLasting === true;
    if (!lasts) actions.delete(id);
    change(id, { stage: "listed", ...(!lasts && { actionLabel: undefined }) });
    proceed();
  }

  return {
    notify({ text, tone = "info", action, shownMs = SHOWN_MS }) {
      const id = nextId++;
      const isListed = isQuiet() && tone !== "error";
      const isOffered = action !== undefined && (!isListed || action.isLasting === true);
      if (isOffered) actions.set(id, action);
      const notification: Notification = {
        id,
        tone,
        text,
        atMs: clock.now(),
        actionLabel: isOffered ? action.label : undefined,
        shownMs,
        stage: isListed ? "listed" : "waiting",
      };
      cell.update((state) => ({
        list: [notification, ...state.list].slice(0, KEPT),
        unseen: state.unseen + 1,
        announcement: text,
      }));
      proceed();
    },
    dismiss,
    act(id) {
      const action = actions.get(id);
      dismiss(id);
      action?.run();
    },
    hold(held) {
      isHeld = held;
      // Who has looked at it has its whole time again.
      shownAtMs = clock.now();
      proceed();
    },
    markSeen: () => cell.update((state) => ({ ...state, unseen: 0 })),
    clear() {
      timer?.();
      actions.clear();
      cell.update((state) => ({ ...state, list: [], unseen: 0 }));
    },
    announce: (text) => cell.update((state) => ({ ...state, announcement: text })),
  };
}
