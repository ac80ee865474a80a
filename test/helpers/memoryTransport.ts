import type { Transport } from "#common/wire/transport.ts";

/** One end of a link in memory. Frames wait in order until the scheduler lets them through. */
export class MemoryTransport implements Transport {
  onFrame: (frame: Uint8Array) => void = () => {};
  onClose: (code: number, reason: string) => void = () => {};
  queuedBytes = 0;

  #peer: MemoryTransport | undefined;
  readonly #schedule: (deliver: () => void) => void;
  #waiting: (() => void)[] = [];
  #stalled = false;
  #open = true;

  constructor(schedule: (deliver: () => void) => void) {
    this.#schedule = schedule;
  }

  joinTo(peer: MemoryTransport): void {
    this.#peer = peer;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  send(frames: readonly Uint8Array[]): void {
    if (!this.#open) return;
    for (const frame of frames) {
      this.queuedBytes += frame.byteLength;
      this.#pass(() => {
        this.queuedBytes -= frame.byteLength;
        const peer = this.#peer;
        if (peer?.isOpen === true) peer.onFrame(frame);
      });
    }
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#pass(() => this.#peer?.handleClose(code, reason));
    this.handleClose(code, reason);
  }

  /** Keeps everything from this end waiting, as a stalled network does; false lets it go. */
  stall(stalled: boolean): void {
    this.#stalled = stalled;
    if (stalled) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const step of waiting) this.#pass(step);
  }

  /** The other end, or the network, has closed. */
  handleClose(code: number, reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.onClose(code, reason);
  }

  #pass(step: () => void): void {
    if (this.#stalled) this.#waiting.push(step);
    else this.#schedule(step);
  }
}

/**
 * Two joined transports. `schedule` decides when each frame arrives and must keep their order; by
 * default that is the next microtask.
 */
export function memoryTransports(
  schedule: (deliver: () => void) => void = queueMicrotask,
): readonly [client: MemoryTransport, container: MemoryTransport] {
  const client = new MemoryTransport(schedule);
  const container = new MemoryTransport(schedule);
  client.joinTo(container);
  container.joinTo(client);
  return [client, container];
}
