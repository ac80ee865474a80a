import type { Clock } from "#common/lib/clock.ts";
import { BrowserDatabase, settled, type Transaction } from "./browserDatabase.ts";
import type { KnownPacket } from "./committed.ts";
import type { Draft, DraftChange, DraftOp, Journal } from "./journal.ts";
import type { LivingPages } from "./livingPages.ts";

/** A draft that holds nothing the container lacks is of use for this long. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** What the three stores hold. The base of a draft can be as long as its file, and changes seldom. */
interface DraftRecord {
  readonly id: string;
  /** The project. Drafts of an earlier build have the invite by which it was entered. */
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

/** Where the files are from; drafts of other projects are not touched. */
export interface JournalRoom {
  readonly project: string;
  /** By which the project was entered: one of several links, perhaps. */
  readonly invite: string;
  /** Whether what another page could not send can be sent from here. */
  readonly mayEdit: boolean;
}

export interface BrowserJournalInit {
  /** Of this page, unlike any other. */
  readonly page: string;
  readonly pages: LivingPages;
  readonly room: Promise<JournalRoom>;
  readonly clock: Clock;
}

/** The journal in this browser's IndexedDB. All that is asked of it waits until it has its room. */
export class BrowserJournal implements Journal {
  readonly #page: string;
  readonly #clock: Clock;
  readonly #pages: LivingPages;
  readonly #database = new BrowserDatabase("tandem", createStores);
  readonly #room: Promise<JournalRoom>;
  #takenOver = 0;

  constructor({ page, pages, room: entered, clock }: BrowserJournalInit) {
    this.#page = page;
    this.#clock = clock;
    this.#pages = pages;
    this.#room = entered.then(async (room) => {
      // A page that comes when the browser lets drafts be written again does it.
      await this.#adopt(room).catch(() => {});
      return room;
    });
  }

  async takeUnsent(): Promise<readonly Draft[]> {
    const { mayEdit } = await this.#room;
    if (!mayEdit) return [];
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

  async readUnsent(): Promise<readonly Draft[]> {
    const { mayEdit } = await this.#room;
    if (mayEdit) return [];
    const dead = await this.#deadPages();
    if (dead.size === 0) return [];
    const stores = await this.#begin("readonly");
    const drafts: Draft[] = [];
    for (const record of await this.#leftBy(dead, stores)) {
      const pending = await pendingOf(record.id, stores);
      if (pending.ops.length > 0) drafts.push(await draftOf(record, pending, stores));
    }
    return drafts;
  }

  async take(path: string): Promise<readonly Draft[]> {
    const { mayEdit } = await this.#room;
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
      if (pending.ops.length === 0) others.push([record, pending]);
      else if (mayEdit) drafts.push(await this.#takeOver(record, pending, stores));
    }
    const newest = drafts.length === 0 ? others.shift() : undefined;
    if (newest !== undefined) drafts.push(await this.#takeOver(...newest, stores));
    for (const [{ id }] of others) forget(id, stores);
    await stores.done;
    return drafts;
  }

  onLeft(listener: () => void): void {
    this.#pages.onGone(listener);
  }

  async write({ id, path, isBegun, base, packets, pending }: DraftChange): Promise<boolean> {
    const { project } = await this.#room;
    await this.#pages.announced;
    const stores = await this.#begin("readwrite");
    if (isBegun && !(await this.#owns(id, project, stores))) return false;
    if (base !== undefined) {
      const record: DraftRecord = {
        id,
        room: project,
        page: this.#page,
        path,
        ...base,
        writtenMs: this.#clock.now(),
      };
      stores.drafts.put(record);
      stores.packets.delete(packetsOf(id));
    }
    putOps({ id, packets, pending }, stores);
    await stores.done;
    return true;
  }

  async remove(id: string): Promise<void> {
    const { project } = await this.#room;
    const stores = await this.#begin("readwrite");
    if (await this.#owns(id, project, stores)) forget(id, stores);
    await stores.done;
  }

  /** Whether a draft is this page's; the texts of drafts are not read for that. */
  async #owns(id: string, project: string, { drafts }: Stores): Promise<boolean> {
    const ids = drafts.index("page").getAllKeys([project, this.#page]);
    return (await settled(ids)).includes(id);
  }

  /**
   * Pages that have left drafts. They are looked for among the writers of drafts that are there
   * before it is asked who lives: a page that takes a draft over meanwhile is not among them.
   */
  async #deadPages(): Promise<ReadonlySet<string>> {
    const { project } = await this.#room;
    const writers = await writersIn(project, await this.#begin("readonly"));
    writers.delete(this.#page);
    if (writers.size === 0) return writers;
    const living = await this.#pages.list();
    return new Set([...writers].filter((page) => !living.has(page)));
  }

  async #leftBy(dead: ReadonlySet<string>, { drafts }: Stores): Promise<readonly DraftRecord[]> {
    const { project } = await this.#room;
    const index = drafts.index("page");
    const found = [...dead].map((page) => settled<DraftRecord[]>(index.getAll([project, page])));
    return (await Promise.all(found)).flat();
  }

  async #takeOver(left: DraftRecord, pending: PendingRecord, stores: Stores): Promise<Draft> {
    this.#takenOver += 1;
    const taken = {
      ...(await draftOf(left, pending, stores)),
      id: `${this.#page}.${this.#takenOver}`,
    };
    forget(left.id, stores);
    stores.drafts.put({ ...left, id: taken.id, page: this.#page } satisfies DraftRecord);
    putOps(taken, stores);
    return taken;
  }

  /** Drafts of an earlier build belong to the invite; from now on they belong to its project. */
  async #adopt({ project, invite }: JournalRoom): Promise<void> {
    if (invite === project) return;
    const { drafts, done } = await this.#begin("readwrite");
    const records = drafts.index("page").getAll(pagesIn(invite));
    for (const record of await settled<DraftRecord[]>(records)) {
      drafts.put({ ...record, room: project } satisfies DraftRecord);
    }
    await done;
  }

  #begin(mode: IDBTransactionMode): Promise<Stores> {
    return this.#database.begin(STORES, mode);
  }
}

const STORES = ["drafts", "packets", "pending"] as const;

type Stores = Transaction<(typeof STORES)[number]>;

function createStores(database: IDBDatabase): void {
  database.createObjectStore("drafts", { keyPath: "id" }).createIndex("page", ["room", "page"]);
  database.createObjectStore("packets", { keyPath: ["draft", "version"] });
  database.createObjectStore("pending", { keyPath: "draft" });
}

/** The pages that have written drafts of a room; the texts of these are not read. */
function writersIn(room: string, { drafts }: Stores): Promise<Set<string>> {
  const request = drafts.index("page").openKeyCursor(pagesIn(room), "nextunique");
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

async function draftOf(
  { id, path, version, text, past = [] }: DraftRecord,
  { ops: pending }: PendingRecord,
  stores: Stores,
): Promise<Draft> {
  const packets = await settled<PacketRecord[]>(stores.packets.getAll(packetsOf(id)));
  return { id, path, base: { version, text, past }, packets, pending };
}

type OpsOfDraft = Pick<Draft, "id" | "packets" | "pending">;

function putOps({ id, packets, pending }: OpsOfDraft, stores: Stores): void {
  for (const packet of packets) {
    stores.packets.put({ ...packet, draft: id } satisfies PacketRecord);
  }
  stores.pending.put({ draft: id, ops: pending } satisfies PendingRecord);
}

function forget(id: string, { drafts, packets, pending }: Stores): void {
  drafts.delete(id);
  packets.delete(packetsOf(id));
  pending.delete(id);
}

/** All drafts of a room, by their pages. */
function pagesIn(room: string): IDBKeyRange {
  return IDBKeyRange.bound([room], [room, []]);
}

/** All packets of a draft, in order of their versions. */
function packetsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Infinity]);
}
