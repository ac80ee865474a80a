import { assert, RequestError } from "#common/lib/errors.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { Op } from "#common/ot/op.ts";
import { decodeCommand, encodeCommand } from "#common/wire/codec.ts";
import { SerialQueue } from "../../serialQueue.ts";
import type { AppendLog, Storage } from "../../platform.ts";
import {
  commitOf,
  componentsOf,
  packetOf,
  wireOps,
  type Commit,
  type Packet,
  type PacketInit,
} from "./commit.ts";

/** What became of the file on disk, beside the commits. */
export type DiskNote =
  /** It is about to be written with the text of that version. */
  | { readonly kind: "saving"; readonly version: number }
  /** It holds the text of that version. */
  | { readonly kind: "saved"; readonly version: number }
  /** A program has made `op` on what it held; the commit of the same record has it in the text. */
  | { readonly kind: "changed"; readonly op: Op };

export type LogEntry =
  | { readonly kind: "key"; readonly version: number; readonly text: string }
  | { readonly kind: "commit"; readonly commit: Commit }
  | DiskNote;

/** Records are checked by the storage; they are as large as the largest text with its frame. */
const MAX_RECORD_BYTES = 0x7fff_ffff;

/**
 * The history of one text, for ever. It is a chain of logs: the first begins with nothing, each
 * further one with a key frame, the whole text of a version, so that opening reads the last ones
 * and not the history.
 *
 *     ot-ID-0:  1 2 … 2911 saved:2907
 *     ot-ID-1:  key:2907 2908 … 5012            record ot-ID: where each begins, [0, 2907]
 */
export class DocumentLog {
  readonly #storage: Storage;
  readonly #name: string;
  /** The version of each log's key frame, oldest first. */
  #starts: number[];
  #log: AppendLog;
  #bytes = 0;
  /** Reading old logs and moving to a new one take turns; appending waits for neither. */
  readonly #queue = new SerialQueue();
  /** The old log that was read last: who looks through history asks for its parts in turn. */
  #read: { readonly index: number; readonly entries: readonly LogEntry[] } | undefined;

  private constructor(storage: Storage, name: string, starts: number[], log: AppendLog) {
    this.#storage = storage;
    this.#name = name;
    this.#starts = starts;
    this.#log = log;
  }

  static async open(storage: Storage, id: string): Promise<DocumentLog> {
    const name = `ot-${id}`;
    const starts = parseStarts(await storage.readRecord(name));
    const log = await storage.openLog(`${name}-${starts.length - 1}`);
    return new DocumentLog(storage, name, starts, log);
  }

  /** Bytes appended since the last key frame. */
  get bytesSinceKey(): number {
    return this.#bytes;
  }

  /**
   * The entries since the key frame before the last one, which comes first. Two logs are read, so
   * that a client that was away while the last one began still finds the version it had.
   */
  async load(): Promise<readonly LogEntry[]> {
    const last = entriesOf(await this.#log.readAll());
    this.#bytes = last.bytes;
    const start = this.#starts.at(-1) ?? 0;
    if (this.#starts.length === 1) return last.entries;
    // The log that was copied may go on beyond what the copy has of it (`copyTo`).
    const before = (await this.#readOld(this.#starts.length - 2)).filter(
      (entry) => entry.kind !== "commit" || entry.commit.version <= start,
    );
    return [...before, ...last.entries];
  }

  /** Stored, all or nothing, when it resolves; `sync` waits until a loss of power cannot take it. */
  async append(commits: readonly Commit[], notes: readonly DiskNote[] = []): Promise<void> {
    const record = recordOf(commits, notes);
    await this.#log.append(record);
    this.#bytes += record.byteLength;
  }

  sync(): Promise<void> {
    return this.#log.sync();
  }

  /**
   * Begins a new log with the text of `version`, which the file on disk holds too, and the commits
   * since then. Nothing may be appended meanwhile. When it fails, the old log stays.
   */
  startNext(version: number, text: string, since: readonly Commit[]): Promise<void> {
    return this.#exclusively(async () => {
      const next = await this.#storage.openLog(`${this.#name}-${this.#starts.length}`);
      const starts = [...this.#starts, version];
      try {
        await next.append(keyRecord(version, text));
        if (since.length > 0) await next.append(recordOf(since, []));
        // The record is durable at once, and so must be what it relies on.
        await Promise.all([this.#log.sync(), next.sync()]);
        await this.#storage.writeRecord(this.#name, encodeUtf8(JSON.stringify(starts)));
      } catch (error) {
        await next.close();
        throw error;
      }
      const old = this.#log;
      this.#log = next;
      this.#starts = starts;
      this.#bytes = 0;
      await old.close();
    });
  }

  /** The commits from version `from` to `to`, both included. */
  read(from: number, to: number): Promise<readonly Commit[]> {
    return this.#exclusively(async () => {
      const commits: Commit[] = [];
      for (const [index, start] of this.#starts.entries()) {
        const next = this.#starts[index + 1] ?? Number.POSITIVE_INFINITY;
        if (start >= to || next < from) continue;
        for (const entry of await this.#entries(index)) {
          if (entry.kind !== "commit") continue;
          const { version } = entry.commit;
          if (version >= from && version <= to && version <= next) commits.push(entry.commit);
        }
      }
      if (commits.length !== to - from + 1) {
        throw new RequestError("failed", `history of versions ${from} to ${to} is damaged`);
      }
      return commits;
    });
  }

  /**
   * Makes a history `id` of this one up to `version`, with the text of that version as its key frame.
   * Durable when it resolves; before that nothing of it counts.
   */
  copyTo(id: string, version: number, text: string): Promise<void> {
    return this.#exclusively(async () => {
      const name = `ot-${id}`;
      const starts = this.#starts.filter((start, index) => index === 0 || start < version);
      for (const index of starts.keys()) {
        await this.#storage.copyLog(`${this.#name}-${index}`, `${name}-${index}`);
      }
      const last = await this.#storage.openLog(`${name}-${starts.length}`);
      try {
        await last.append(keyRecord(version, text));
      } finally {
        await last.close();
      }
      await this.#storage.writeRecord(name, encodeUtf8(JSON.stringify([...starts, version])));
    });
  }

  close(): Promise<void> {
    return this.#exclusively(() => this.#log.close());
  }

  async #entries(index: number): Promise<readonly LogEntry[]> {
    if (index === this.#starts.length - 1) return entriesOf(await this.#log.readAll()).entries;
    if (this.#read?.index !== index) {
      this.#read = { index, entries: await this.#readOld(index) };
    }
    return this.#read.entries;
  }

  async #readOld(index: number): Promise<readonly LogEntry[]> {
    const log = await this.#storage.openLog(`${this.#name}-${index}`);
    try {
      return entriesOf(await log.readAll()).entries;
    } finally {
      await log.close();
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.run(() => work().then(resolve, reject));
    });
  }
}

function parseStarts(record: Uint8Array | undefined): number[] {
  if (record === undefined) return [0];
  const starts: unknown = JSON.parse(decodeUtf8(record) ?? "");
  assert(Array.isArray(starts) && starts.every(Number.isInteger), "list of logs is damaged");
  return starts as number[];
}

// Stored data reuses bodies of the wire: they are versioned by the schema and read by one codec.

function recordOf(commits: readonly Commit[], notes: readonly DiskNote[]): Uint8Array {
  const packets = [...commits.map(packetOf), ...notes.map(notePacket)];
  return encodeCommand({ body: { case: "otFetchResponse", value: { packets } } });
}

/** A packet of version 0 is a note. One that only intends to save says so by its nonce. */
function notePacket(note: DiskNote): PacketInit {
  if (note.kind === "changed") return { ops: wireOps(note.op) };
  return { spookyVersion: note.version, nonce: note.kind === "saving" ? 1 : 0 };
}

function noteOf({ spookyVersion: version, nonce, ops }: Packet["value"]): DiskNote {
  if (version === 0) return { kind: "changed", op: componentsOf(ops) };
  return { kind: nonce === 0 ? "saved" : "saving", version };
}

function keyRecord(version: number, text: string): Uint8Array {
  const linkedFile = { content: encodeUtf8(text) };
  return encodeCommand({ body: { case: "otLinkFileResponse", value: { version, linkedFile } } });
}

function entriesOf(records: readonly Uint8Array[]): {
  readonly entries: readonly LogEntry[];
  readonly bytes: number;
} {
  let entries: LogEntry[] = [];
  let bytes = 0;
  for (const record of records) {
    const { body } = decodeCommand(record, MAX_RECORD_BYTES);
    if (body.case === "otLinkFileResponse") {
      const { version, linkedFile } = body.value;
      const text = decodeUtf8(linkedFile?.content ?? new Uint8Array());
      assert(text !== undefined, "key frame is damaged");
      // What stands before it was written by an attempt to begin this log that a crash ended.
      entries = [{ kind: "key", version, text }];
      bytes = 0;
    } else {
      assert(body.case === "otFetchResponse", `history holds ${body.case}`);
      bytes += record.byteLength;
      for (const packet of body.value.packets) {
        if (packet.version === 0) entries.push(noteOf(packet));
        else entries.push({ kind: "commit", commit: commitOf(packet) });
      }
    }
  }
  return { entries, bytes };
}
