import { Emitter } from "#common/lib/emitter.ts";
import { joinBytes } from "#common/lib/joinBytes.ts";
import type { Storage } from "./platform.ts";
import type { LogKeeper, Session, ValueChange, Values } from "./service.ts";

/** A part grows up to here before another one begins: what an append writes anew at most. */
const PART_BYTES = 64 * 1024;

/** Before the bytes of a part: which writing of the whole value it belongs to. */
const HEADER_BYTES = 4;

/**
 * A value is stored in parts, each a record, so that adding to a large one writes little. Every part
 * bears the number of the writing that it belongs to, and only those with the number of the first one
 * count: a new first part replaces the whole value.
 */
export class StoredValues implements Values {
  readonly changes = new Emitter<ValueChange>();
  readonly keepers = new Map<string, LogKeeper>();
  readonly #storage: Storage;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const done = before.then(work, work).finally(() => {
      if (this.#turns.get(key) === done) this.#turns.delete(key);
    });
    this.#turns.set(key, done);
    return done;
  }

  async idle(): Promise<void> {
    while (this.#turns.size > 0) await Promise.allSettled(this.#turns.values());
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    const parts = await this.#parts(key);
    return parts.length === 0 ? undefined : joinBytes(parts.map(({ bytes }) => bytes));
  }

  async write(key: string, value: Uint8Array, by?: Session): Promise<void> {
    const old = await this.#parts(key);
    await this.#writePart(key, 0, { writing: (old[0]?.writing ?? 0) + 1, bytes: value });
    // They count no more; should one stay, it only takes room until the value has grown again.
    for (let index = 1; index < old.length; index++) {
      await this.#storage.removeRecord(recordName(key, index));
    }
    this.changes.emit({ how: "written", key, data: value, by });
  }

  async append(
    key: string,
    more: Uint8Array,
    { check, by }: { readonly check?: (bytes: number) => void; readonly by?: Session } = {},
  ): Promise<void> {
    const parts = await this.#parts(key);
    check?.(parts.reduce((sum, { bytes }) => sum + bytes.byteLength, more.byteLength));
    const last = parts.at(-1) ?? { writing: 1, bytes: new Uint8Array() };
    const fits = last.bytes.byteLength + more.byteLength <= PART_BYTES;
    const index = Math.max(0, fits ? parts.length - 1 : parts.length);
    const bytes = fits ? joinBytes([last.bytes, more]) : more;
    await this.#writePart(key, index, { writing: last.writing, bytes });
    this.changes.emit({ how: "added", key, data: more, by });
  }

  async #parts(key: string): Promise<readonly Part[]> {
    const parts: Part[] = [];
    for (;;) {
      const record = await this.#storage.readRecord(recordName(key, parts.length));
      if (record === undefined) return parts;
      const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
      const writing = view.getUint32(0, true);
      if (parts[0] !== undefined && parts[0].writing !== writing) return parts;
      parts.push({ writing, bytes: record.subarray(HEADER_BYTES) });
    }
  }

  #writePart(key: string, index: number, { writing, bytes }: Part): Promise<void> {
    const header = new Uint8Array(HEADER_BYTES);
    new DataView(header.buffer).setUint32(0, writing, true);
    return this.#storage.writeRecord(recordName(key, index), joinBytes([header, bytes]));
  }
}

interface Part {
  readonly writing: number;
  readonly bytes: Uint8Array;
}

function recordName(key: string, index: number): string {
  return `meta-${index}-${key}`;
}
