import type { Cancel, Clock } from "#common/lib/clock.ts";
import { carryCaret } from "#common/ot/caret.ts";
import type { Op } from "#common/ot/op.ts";
import type { OwnCursor } from "../services/ot.ts";

/** Our carets go out at most this often: as smooth as a moving caret looks. */
const INTERVAL_MS = 50;

export interface OwnCaretsInit {
  readonly clock: Clock;
  readonly send: (carets: readonly OwnCursor[]) => void;
  /** Whether the positions on the screen are those of the newest version known, and a way is there. */
  readonly mayGo: () => boolean;
}

/** Our carets in a text, as code points of what is on the screen, on their way to the others (CL28). */
export class OwnCarets {
  readonly #init: OwnCaretsInit;
  #carets: readonly OwnCursor[] = [];
  #isNew = false;
  #sentMs = -Infinity;
  #cancelWait: Cancel | undefined;

  constructor(init: OwnCaretsInit) {
    this.#init = init;
  }

  /** They are there now, by their owner's doing. */
  set(carets: readonly OwnCursor[]): void {
    const before = this.#carets;
    this.#carets = carets;
    // Where others' edits have carried them everyone knows.
    if (isSame(before, carets)) return;
    this.#isNew = true;
    this.send();
  }

  /** The text has changed by `op`. The editor tells where its carets went, but perhaps after they go out. */
  carry(op: Op, by: "owner" | "others"): void {
    this.#carets = this.#carets.map((caret) => carryCaret(caret, op, by));
  }

  /** Nobody knows them on a new connection. */
  sendAgain(): void {
    this.#isNew = this.#carets.length > 0;
    this.send();
  }

  /** Sends what is new, once it may go. */
  send(): void {
    if (!this.#isNew || this.#cancelWait !== undefined || !this.#init.mayGo()) return;
    const { clock, send } = this.#init;
    const waitMs = this.#sentMs + INTERVAL_MS - clock.now();
    if (waitMs > 0) {
      this.#cancelWait = clock.after(waitMs, () => {
        this.#cancelWait = undefined;
        this.send();
      });
      return;
    }
    this.#isNew = false;
    this.#sentMs = clock.now();
    send(this.#carets);
  }

  /** Takes them away, for everyone. */
  clear(): void {
    this.#carets = [];
    this.#isNew = false;
    this.#init.send([]);
  }

  stop(): void {
    this.#cancelWait?.();
  }
}

function isSame(a: readonly OwnCursor[], b: readonly OwnCursor[]): boolean {
  return (
    a.length === b.length &&
    a.every((caret, index) => {
      const other = b[index];
      return (
        caret.position === other?.position &&
        caret.selectionStart === other.selectionStart &&
        caret.selectionEnd === other.selectionEnd
      );
    })
  );
}
