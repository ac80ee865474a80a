import type { OtPacket } from "../services/ot.ts";

/** Packets that wait for older ones, which are being fetched. */
export class EarlyPackets {
  readonly #packets = new Map<number, OtPacket>();

  get size(): number {
    return this.#packets.size;
  }

  add(packet: OtPacket): void {
    this.#packets.set(packet.version, packet);
  }

  clear(): void {
    this.#packets.clear();
  }

  /**
   * Takes out those that come next after a version: one that `isOwn`, or all others until then. None
   * when the next one is not here.
   */
  takeRun(after: number, isOwn: (packet: OtPacket) => boolean): readonly OtPacket[] {
    const run: OtPacket[] = [];
    for (let version = after + 1; ; version++) {
      const packet = this.#packets.get(version);
      const isLast = packet !== undefined && isOwn(packet);
      if (packet === undefined || (isLast && run.length > 0)) return run;
      this.#packets.delete(version);
      run.push(packet);
      if (isLast) return run;
    }
  }
}
