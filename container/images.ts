import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { Storage } from "./platform.ts";
import type { Images } from "./service.ts";

/** Some hundred screenshots. */
const MAX_BYTES = 100 * 1024 * 1024;

/** The record that lists all images, the oldest first. */
const INDEX = "images";

interface Entry {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Each image is a record. Their list never misses one, since it is written before an image and
 * shortened after it is gone: nothing can be left behind that nobody counts.
 */
export class StoredImages implements Images {
  readonly #storage: Storage;
  readonly #maxBytes: number;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(storage: Storage, maxBytes = MAX_BYTES) {
    this.#storage = storage;
    this.#maxBytes = maxBytes;
  }

  put(name: string, image: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const entries = [
        ...(await this.#list()).filter((other) => other.name !== name),
        { name, bytes: image.byteLength },
      ];
      let sum = entries.reduce((all, { bytes }) => all + bytes, 0);
      const kept = entries.findIndex(({ bytes }) => {
        const fits = sum <= this.#maxBytes;
        if (!fits) sum -= bytes;
        return fits;
      });
      for (const old of entries.slice(0, kept)) {
        await this.#storage.removeRecord(recordName(old.name));
      }
      await this.#writeList(entries.slice(kept));
      await this.#storage.writeRecord(recordName(name), image);
    });
  }

  read(name: string): Promise<Uint8Array | undefined> {
    return this.#storage.readRecord(recordName(name));
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#storage.removeRecord(recordName(name));
      await this.#writeList((await this.#list()).filter((other) => other.name !== name));
    });
  }

  async #list(): Promise<readonly Entry[]> {
    const record = await this.#storage.readRecord(INDEX);
    const text = record && decodeUtf8(record);
    return text === undefined ? [] : (JSON.parse(text) as readonly Entry[]);
  }

  #writeList(entries: readonly Entry[]): Promise<void> {
    return this.#storage.writeRecord(INDEX, encodeUtf8(JSON.stringify(entries)));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done;
    return done;
  }
}

function recordName(name: string): string {
  return `image-${name}`;
}
