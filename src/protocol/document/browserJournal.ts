import type { Clock } from "#common/lib/clock.ts";
import type { KnownPacket } from "./committed.ts";
import type { Draft, DraftChange, DraftOp, Journal } from "./journal.ts";
import { announcePage, type LivingPages } from "./livingPages.ts";

const DATABASE = "tandem";

/** A draft that holds nothing the container lacks is of use for this long. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** What the three stores hold. The base of a draft can be as long as its file, and changes seldom. */
interface DraftRecord {
  readonly id: string;
  readonly room: string;
  readonly page: string;
  readonly path: string;
  readonly version: number;
  readonly text: string;
  readonly past?: readonly KnownPacket[];
  readonly writtenMs: number;
}

interface PacketRecord extends KnownPacket {
  readonly draft: string;
}

interface PendingRecord {
  readonly draft: string;
  readonly ops: readonly DraftOp[];
}

export interface BrowserJournalInit {
  /** Where the files are from; drafts of other rooms are not touched. */
  readonly room: string;
  /** Of this page, unlike any other. */
  readonly page: string;
  readonly clock: Clock;
}

/** The journal in this browser's IndexedDB. */
export function createBrowserJournal(init: BrowserJournalInit): Journal {
  const pages = announcePage(init.page, init.clock);
  const database = open();
  // Whoever needs it hears of a failure.
  database.catch(() => {});
  return new BrowserJournal(init, pages, database);
}

class BrowserJournal implements Journal {
  readonly #room: string;
  readonly #page: string;
  readonly #clock: Clock;
  readonly #pages: LivingPages;
  readonly #database: Promise<IDBDatabase>;

  constructor(
    { room, page, clock }: BrowserJournalInit,
    pages: LivingPages,
    database: Promise<IDBDatabase>,
  ) {
    this.#room = room;
    this.#page = page;
    this.#clock = clock;
    this.#pages = pages;
    this.#database = database;
  }

  async takeUnsent(): Promise<readonly Draft[]> {
    const dead = await this.#deadPages();
    if (dead.size === 0) return [];
    const stores = await this.#begin("readwrite");
    const drafts: Draft[] = [];
    for (const record of await this.#leftBy(dead, stores)) {
      const pending = await pendingOf(record.id, stores);
      if (pending.ops.length > 0) drafts.push(await this.#takeOver(record, pending, stores));
      else if (this.#clock.now() - record.writtenMs > KEPT_MS) forget(record.id, stores);
    }
    await stores.done;
    return drafts;
  }

  async take(path: string): Promise<readonly Draft[]> {
    const dead = await this.#deadPages();
    if (dead.size === 0) return [];
    const stores = await this.#begin("readwrite");
    const records = (await this.#leftBy(dead, stores))
      .filter((record) => record.path === path)
      .toSorted((a, b) => b.writtenMs - a.writtenMs);
    const drafts: Draft[] = [];
    const others: (readonly [DraftRecord, PendingRecord])[] = [];
    for (const record of records) {
      const pending = await pendingOf(record.id, stores);
      if (pending.ops.length > 0) drafts.push(await this.#takeOver(record, pending, stores));
      else others.push([record, pending]);
    }
    const newest = drafts.length === 0 ? others.shift() : undefined;
    if (newest !== undefined) drafts.push(await this.#takeOver(...newest, stores));
    for (const [{ id }] of others) forget(id, stores);
    await stores.done;
    return drafts;
  }

  async write({ id, path, base, packets, pending }: DraftChange): Promise<void> {
    await this.#pages.announced;
    const stores = await this.#begin("readwrite");
    if (base !== undefined) {
      const record: DraftRecord = {
        id,
        room: this.#room,
        page: this.#page,
        path,
        ...base,
        writtenMs: this.#clock.now(),
      };
      stores.drafts.put(record);
      stores.packets.delete(packetsOf(id));
    }
    for (const packet of packets) {
      stores.packets.put({ ...packet, draft: id } satisfies PacketRecord);
    }
    stores.pending.put({ draft: id, ops: pending } satisfies PendingRecord);
    await stores.done;
  }

  async remove(id: string): Promise<void> {
    const stores = await this.#begin("readwrite");
    forget(id, stores);
    await stores.done;
  }

  /**
   * Pages that have left drafts. They are looked for among the writers of drafts that are there
   * before it is asked who lives: a page that takes a draft over meanwhile is not among them.
   */
  async #deadPages(): Promise<ReadonlySet<string>> {
    const writers = await writersIn(this.#room, await this.#begin("readonly"));
    writers.delete(this.#page);
    if (writers.size === 0) return writers;
    const living = await this.#pages.list();
    return new Set([...writers].filter((page) => !living.has(page)));
  }

  async #leftBy(dead: ReadonlySet<string>, { drafts }: Stores): Promise<readonly DraftRecord[]> {
    const index = drafts.index("page");
    const found = [...dead].map((page) => settled<DraftRecord[]>(index.getAll([this.#room, page])));
    return (await Promise.all(found)).flat();
  }

  async #takeOver(
    record: DraftRecord,
    { ops: pending }: PendingRecord,
    stores: Stores,
  ): Promise<Draft> {
    const { id, path, version, text, past = [] } = record;
    stores.drafts.put({ ...record, page: this.#page } satisfies DraftRecord);
    const packets = await settled<PacketRecord[]>(stores.packets.getAll(packetsOf(id)));
    return { id, path, base: { version, text, past }, packets, pending };
  }

  async #begin(mode: IDBTransactionMode): Promise<Stores> {
    const transaction = (await this.#database).transaction(["drafts", "packets", "pending"], mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () =>
        reject(transaction.error ?? new Error("aborted")),
      );
    });
    // Whoever waits for it hears of it.
    done.catch(() => {});
    return {
      drafts: transaction.objectStore("drafts"),
      packets: transaction.objectStore("packets"),
      pending: transaction.objectStore("pending"),
      done,
    };
  }
}

interface Stores {
  readonly drafts: IDBObjectStore;
  readonly packets: IDBObjectStore;
  readonly pending: IDBObjectStore;
  /** Rejects when nothing of the transaction was kept. */
  readonly done: Promise<void>;
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener("upgradeneeded", () => {
    const { result } = request;
    result.createObjectStore("drafts", { keyPath: "id" }).createIndex("page", ["room", "page"]);
    result.createObjectStore("packets", { keyPath: ["draft", "version"] });
    result.createObjectStore("pending", { keyPath: "draft" });
  });
  return settled(request);
}

/** The pages that have written drafts of a room; the texts of these are not read. */
function writersIn(room: string, { drafts }: Stores): Promise<Set<string>> {
  const range = IDBKeyRange.bound([room], [room, []]);
  const request = drafts.index("page").openKeyCursor(range, "nextunique");
  const writers = new Set<string>();
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => {
      const cursor = request.result;
      if (cursor === null) return resolve(writers);
      const [, page] = cursor.key as [room: string, page: string];
      writers.add(page);
      cursor.continue();
    });
    request.addEventListener("error", () => reject(request.error ?? new Error("no database")));
  });
}

async function pendingOf(draft: string, { pending }: Stores): Promise<PendingRecord> {
  const record = await settled<PendingRecord | undefined>(pending.get(draft));
  return record ?? { draft, ops: [] };
}

function forget(id: string, { drafts, packets, pending }: Stores): void {
  drafts.delete(id);
  packets.delete(packetsOf(id));
  pending.delete(id);
}

/** All packets of a draft, in order of their versions. */
function packetsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Infinity]);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("no database")));
  });
}
