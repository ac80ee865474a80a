import { every, type Cancel, type Clock } from "#common/lib/clock.ts";
import { BootStatus_Stage } from "#common/wire/enums.ts";

/** How far the container has come, as `bootStatus` says it. */
export interface BootProgress {
  readonly stage: BootStatus_Stage;
  readonly progress: number;
  readonly total: number;
}

/** What has to be done before the container is ready; reports where it is as often as it likes. */
export type BootWork = (report: (progress: BootProgress) => void) => Promise<void>;

export type BootState =
  | { readonly kind: "booting"; readonly progress: BootProgress }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly error: unknown };

/** Stock clients give up after 10 s without a word on channel 0 (CN2). */
const REPEAT_MS = 5000;

/**
 * Runs the work of a boot. `onChange` is called with each new state, and again every 5 s with the
 * same one while nothing changes.
 */
export class Boot {
  #state: BootState = {
    kind: "booting",
    progress: { stage: BootStatus_Stage.ACQUIRING, progress: 0, total: 0 },
  };
  readonly #onChange: (state: BootState) => void;
  readonly #cancelRepeat: Cancel;

  constructor(clock: Clock, work: BootWork | undefined, onChange: (state: BootState) => void) {
    this.#onChange = onChange;
    if (work === undefined) {
      this.#state = { kind: "ready" };
      this.#cancelRepeat = () => {};
      return;
    }
    this.#cancelRepeat = every(clock, REPEAT_MS, () => onChange(this.#state));
    const report = (progress: BootProgress): void => {
      if (this.#state.kind === "booting") this.#become({ kind: "booting", progress });
    };
    void work(report).then(
      () => this.#finish({ kind: "ready" }),
      (error: unknown) => this.#finish({ kind: "failed", error }),
    );
  }

  get state(): BootState {
    return this.#state;
  }

  /** Forgets about the work: nothing more is reported. */
  abandon(): void {
    this.#finish({ kind: "failed", error: new Error("the container was stopped") });
  }

  #finish(state: BootState): void {
    if (this.#state.kind !== "booting") return;
    this.#cancelRepeat();
    this.#become(state);
  }

  #become(state: BootState): void {
    this.#state = state;
    this.#onChange(state);
  }
}
