import type { Cancel, Clock } from "#common/lib/clock.ts";
import type { DocumentState } from "../services/ot.ts";

/** A keystroke that is acknowledged sooner than this was, to the eye, never unsent. */
const TOLD_AFTER_MS = 150;

/**
 * Tells how far a text is saved: at once when that is good news or of another kind, and otherwise
 * not for each keystroke, since each would be a flicker on the screen.
 */
export class StateTeller {
  readonly #clock: Clock;
  readonly #onState: (state: DocumentState) => void;
  #told: DocumentState | undefined;
  #next: DocumentState | undefined;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, onState: (state: DocumentState) => void) {
    this.#clock = clock;
    this.#onState = onState;
  }

  tell(state: DocumentState): void {
    this.#next = state;
    const mayWait = state.kind === this.#told?.kind && "unsent" in state && state.unsent > 0;
    if (!mayWait) this.#tellNow();
    else this.#cancel ??= this.#clock.after(TOLD_AFTER_MS, () => this.#tellNow());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #tellNow(): void {
    this.stop();
    const state = this.#next;
    if (state === undefined || isSame(state, this.#told)) return;
    this.#told = state;
    this.#onState(state);
  }
}

function isSame(a: DocumentState, b: DocumentState | undefined): boolean {
  if (a.kind !== b?.kind) return false;
  const isAsFar = !("unsent" in a) || ("unsent" in b && a.unsent === b.unsent);
  return isAsFar && (!("message" in a) || ("message" in b && a.message === b.message));
}
