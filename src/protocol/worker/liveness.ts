import type { Cancel, Clock } from "#common/lib/clock.ts";

/** A ping goes out this often: half of the shortest idle limit (20 s) that proxies are known for. */
export const PING_INTERVAL_MS = 10_000;

/**
 * The same, while in doubt (after sleep, or a change of network): a dead connection is then known
 * within five seconds, at the price of two small frames.
 */
export const PROBE_INTERVAL_MS = 2_500;

/** Intervals in which nothing at all was heard, until the peer counts as gone (CL7). */
const MISSED_LIMIT = 2;

/** Pings that the median is taken of: a minute and a half, so that one slow one does not show. */
const SAMPLES = 9;

export interface LivenessOptions {
  readonly clock: Clock;
  sendPing(ref: string): void;
  /** Nothing was heard for too long. Called at most once. */
  onDead(): void;
  onLatency(medianMs: number): void;
}

/** Watches one established connection, from its making until `stop`. */
export class Liveness {
  readonly #options: LivenessOptions;
  #cancel: Cancel = () => {};
  #tickAtMs = 0;
  #missed = 0;
  #probing = false;
  #pings = 0;
  readonly #sentAtMs = new Map<string, number>();
  readonly #latenciesMs: number[] = [];

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#ping();
  }

  /** Any frame proves that the peer lives, even while pongs queue behind a flood. */
  heard(): void {
    this.#missed = 0;
    this.#probing = false;
  }

  handlePong(ref: string): void {
    const sentAtMs = this.#sentAtMs.get(ref);
    if (sentAtMs === undefined) return;
    this.#sentAtMs.clear();
    // The first one waits while everything is opened, which tells nothing of the network.
    if (ref === refOf(1)) return;
    this.#latenciesMs.push(this.#options.clock.now() - sentAtMs);
    if (this.#latenciesMs.length > SAMPLES) this.#latenciesMs.shift();
    this.#options.onLatency(median(this.#latenciesMs));
  }

  /** Something makes one doubt the connection: finds out quickly. */
  probe(): void {
    if (this.#probing) return;
    this.#probing = true;
    this.#missed = 0;
    this.#ping();
  }

  stop(): void {
    this.#cancel();
  }

  #ping(): void {
    const { clock } = this.#options;
    this.#missed += 1;
    this.#pings += 1;
    const ref = refOf(this.#pings);
    this.#sentAtMs.set(ref, clock.now());
    const intervalMs = this.#probing ? PROBE_INTERVAL_MS : PING_INTERVAL_MS;
    this.#cancel();
    this.#tickAtMs = clock.now() + intervalMs;
    this.#cancel = clock.after(intervalMs, () => this.#tick());
    this.#options.sendPing(ref);
  }

  #tick(): void {
    // A timer that is this late means that the machine has slept, and the peer may long be gone.
    // What was missed meanwhile proves nothing.
    if (this.#options.clock.now() - this.#tickAtMs > PING_INTERVAL_MS) {
      this.#probing = false;
      this.probe();
    } else if (this.#missed >= MISSED_LIMIT) {
      this.#options.onDead();
    } else {
      this.#ping();
    }
  }
}

function refOf(ping: number): string {
  return `ping-${ping}`;
}

/** Of two in the middle the smaller one: a slow ping is an accident sooner than a fast one. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
