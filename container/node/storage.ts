import { constants, ftruncateSync, writeSync } from "node:fs";
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  type FileHandle,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { InvariantError, messageOf, RequestError } from "#common/lib/errors.ts";
import { batched } from "../batched.ts";
import type { AppendLog, Storage } from "../platform.ts";

/** Names are data of ours, not of a user; the bound is what file systems take, with the suffix. */
const MAX_NAME_CHARS = 240;

/** What a loss of power may take from a log that nobody has asked to sync (DU5). */
const SYNC_WITHIN_MS = 100;

/** Before each record: its length and a checksum of that length and the record, little-endian. */
const HEADER_BYTES = 8;

/**
 * Durable records and logs as files of `directory`, which is created when it is missing. Two
 * storages of one directory at a time are not supported.
 */
export function createStorage(directory: string): Storage {
  const openLogs = new Set<string>();
  /** The last write of each record: writes of one record must not overtake each other. */
  const writes = new Map<string, Promise<void>>();
  let temporaries = 0;
  let prepared: Promise<void> | undefined;

  function prepare(): Promise<void> {
    prepared ??= prepareDirectory(directory).catch((error: unknown) => {
      prepared = undefined;
      throw requestError(error);
    });
    return prepared;
  }

  function changeRecord(name: string, change: (file: string) => Promise<void>): Promise<void> {
    const file = join(directory, `${fileName(name)}.record`);
    const before = writes.get(name) ?? prepare();
    const done = before
      .catch(() => prepare())
      .then(() => change(file))
      .catch((error: unknown) => {
        throw requestError(error);
      })
      .finally(() => {
        if (writes.get(name) === done) writes.delete(name);
      });
    writes.set(name, done);
    return done;
  }

  return {
    async openLog(name) {
      const file = join(directory, `${fileName(name)}.log`);
      if (openLogs.has(file)) throw new InvariantError(`log ${name} is open already`);
      openLogs.add(file);
      try {
        await prepare();
        return await openLog(file, () => openLogs.delete(file));
      } catch (error) {
        openLogs.delete(file);
        throw requestError(error);
      }
    },

    async copyLog(from, to) {
      const source = join(directory, `${fileName(from)}.log`);
      const target = join(directory, `${fileName(to)}.log`);
      try {
        await prepare();
        await copyFile(source, target, constants.COPYFILE_FICLONE);
        // A record that was being written is perhaps there in part: it goes when the copy is opened.
        const handle = await open(target, "r+");
        try {
          await handle.datasync();
        } finally {
          await handle.close();
        }
        await syncDirectory(directory);
      } catch (error) {
        throw requestError(error);
      }
    },

    async readRecord(name) {
      const file = join(directory, `${fileName(name)}.record`);
      await writes.get(name)?.catch(() => undefined);
      try {
        return new Uint8Array(await readFile(file));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw requestError(error);
      }
    },

    writeRecord(name, value) {
      return changeRecord(name, async (file) => {
        const temporary = join(directory, `${temporaries++}.temporary`);
        try {
          const handle = await open(temporary, "w", 0o600);
          try {
            await handle.writeFile(value);
            await handle.datasync();
          } finally {
            await handle.close();
          }
          await rename(temporary, file);
        } catch (error) {
          await rm(temporary, { force: true });
          throw error;
        }
        await syncDirectory(directory);
      });
    },

    removeRecord(name) {
      return changeRecord(name, async (file) => {
        await rm(file, { force: true });
        await syncDirectory(directory);
      });
    },
  };
}

interface Queued {
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: RequestError) => void;
}

async function openLog(file: string, onClose: () => void): Promise<AppendLog> {
  // Not "a+", which creates too: it would ignore positions, and truncating back needs them.
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const content = await readWhole(handle);
    const wholeBytes = [...recordsIn(content)].reduce((end, record) => end + frameBytes(record), 0);
    if (wholeBytes < content.byteLength) await handle.truncate(wholeBytes);
    // The records found were perhaps never synced: whoever reads them may rely on them from now on.
    await handle.datasync();
    await syncDirectory(dirname(file));
    return appendLog(handle, wholeBytes, onClose);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Writes are synchronous: the page cache takes a record in some 15 µs, a quarter of what the way to
 * another thread and back costs on an idle machine and a hundredth of it on a busy one.
 */
function appendLog(handle: FileHandle, wholeBytes: number, onClose: () => void): AppendLog {
  /** End of the last record that is written. */
  let end = wholeBytes;
  /** End of the last record that a loss of power would leave. */
  let syncedEnd = wholeBytes;
  let queue: Queued[] = [];
  /** Something was written in this turn of the event loop: what follows waits for its end. */
  let turnHasWritten = false;
  let syncTimer: NodeJS.Timeout | undefined;
  /** Set when nobody can tell any more what the file holds. */
  let broken: RequestError | undefined;
  let closing: Promise<void> | undefined;

  function endTurn(): void {
    turnHasWritten = false;
    writeQueue();
  }

  function writeQueue(): void {
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    const failure = broken ?? write(framesOf(batch));
    for (const { resolve, reject } of batch) {
      if (failure === undefined) resolve();
      else reject(failure);
    }
  }

  function write(bytes: Uint8Array): RequestError | InvariantError | undefined {
    try {
      writeFully(handle.fd, bytes, end);
      end += bytes.byteLength;
      syncTimer ??= setTimeout(() => void sync().catch(() => undefined), SYNC_WITHIN_MS);
      return undefined;
    } catch (error) {
      try {
        ftruncateSync(handle.fd, end);
      } catch (cause) {
        broken = brokenBy(cause);
      }
      return requestError(error);
    }
  }

  const sync = batched(async () => {
    clearTimeout(syncTimer);
    syncTimer = undefined;
    writeQueue();
    const reached = end;
    if (broken === undefined && reached > syncedEnd) {
      try {
        await handle.datasync();
        syncedEnd = reached;
      } catch (cause) {
        // What the kernel could not write it has perhaps dropped: a second call would not tell.
        broken = brokenBy(cause);
      }
    }
    if (broken !== undefined) throw broken;
  });

  return {
    async readAll() {
      writeQueue();
      return [...recordsIn(await readWhole(handle, end))];
    },

    append(record) {
      if (closing !== undefined) return Promise.reject(new InvariantError("log is closed"));
      return new Promise((resolve, reject) => {
        queue.push({ record, resolve, reject });
        if (turnHasWritten) return;
        turnHasWritten = true;
        setImmediate(endTurn);
        writeQueue();
      });
    },

    sync,

    close() {
      closing ??= (async () => {
        try {
          await sync();
        } finally {
          await handle.close();
          onClose();
        }
      })();
      return closing;
    },
  };
}

function brokenBy(cause: unknown): RequestError {
  return new RequestError("failed", `log is broken: ${messageOf(cause)}`, { cause });
}

function frameBytes(record: Uint8Array): number {
  return HEADER_BYTES + record.byteLength;
}

function framesOf(batch: readonly Queued[]): Uint8Array {
  const bytes = new Uint8Array(batch.reduce((sum, { record }) => sum + frameBytes(record), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { record } of batch) {
    view.setUint32(at, record.byteLength, true);
    bytes.set(record, at + HEADER_BYTES);
    view.setUint32(at + 4, checksum(bytes, at, record.byteLength), true);
    at += frameBytes(record);
  }
  return bytes;
}

/** The length belongs to what is checked, so that a stretch of zeros is no list of empty records. */
function checksum(frames: Uint8Array, at: number, length: number): number {
  const record = frames.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
  return crc32(record, crc32(frames.subarray(at, at + 4)));
}

/** The whole records from the start of `content` on; the first one that is not whole ends them. */
function* recordsIn(content: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  let at = 0;
  while (at + HEADER_BYTES <= content.byteLength) {
    const length = view.getUint32(at, true);
    const next = at + HEADER_BYTES + length;
    if (next > content.byteLength) return;
    if (view.getUint32(at + 4, true) !== checksum(content, at, length)) return;
    yield content.subarray(at + HEADER_BYTES, next);
    at = next;
  }
}

async function readWhole(handle: FileHandle, size?: number): Promise<Uint8Array> {
  const content = new Uint8Array(size ?? (await handle.stat()).size);
  let at = 0;
  while (at < content.byteLength) {
    const { bytesRead } = await handle.read(content, at, content.byteLength - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return content.subarray(0, at);
}

/** A disk that is nearly full takes a part and says so; only the next call fails. */
function writeFully(fd: number, bytes: Uint8Array, position: number): void {
  let at = 0;
  while (at < bytes.byteLength) {
    at += writeSync(fd, bytes, at, bytes.byteLength - at, position + at);
  }
}

/** Creates the directory durably, and frees it of what a crash left half written. */
async function prepareDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncDirectory(dirname(first));
  for (const name of await readdir(directory)) {
    if (name.endsWith(".temporary")) await rm(join(directory, name), { force: true });
  }
}

/** Makes names durable: those that were created, renamed or removed in `directory`. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * A file name that stands for `name` alone, on every file system: no separators, no dots in front,
 * no two that differ by case only.
 */
function fileName(name: string): string {
  const safe = [...new TextEncoder().encode(name)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-z0-9_-]/.test(char) ? char : `%${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
  if (safe === "" || safe.length > MAX_NAME_CHARS) {
    throw new InvariantError(`no name for stored data: ${name.slice(0, 60)}`);
  }
  return safe;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function requestError(cause: unknown): RequestError | InvariantError {
  if (cause instanceof RequestError || cause instanceof InvariantError) return cause;
  const code = codeOf(cause);
  return code === "ENOSPC" || code === "EDQUOT"
    ? new RequestError("no-space", "no space left on device", { cause })
    : new RequestError("failed", messageOf(cause), { cause });
}
