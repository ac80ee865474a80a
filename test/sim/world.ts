import { createLogger, type Logger } from "#common/lib/log.ts";
import { mulberry32, randomBelow, type Random } from "#common/lib/random.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Transport } from "#common/wire/transport.ts";
import { parseReplPath } from "#container/paths.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { MemoryDisk, type DiskSnapshot } from "#test/helpers/memoryDisk.ts";
import { MemoryBrowser } from "#test/helpers/memoryJournal.ts";
import { MemoryTransport } from "#test/helpers/memoryTransport.ts";
import { Lanes, type Lane } from "./lanes.ts";
import { Knowledge } from "./knowledge.ts";
import { isAccounted, Ledger } from "./ledger.ts";
import { contentOf, Machine } from "./machine.ts";
import { Page } from "./page.ts";
import type { Typist } from "./typist.ts";

const PATH = "folder/text.txt";
const FILE = parseReplPath(PATH);
const PEOPLE = 3;

/** Things that happen before everyone is left in peace. */
const STEPS = 400;

/** Turns until peace must have come; a bug is a world that never gets there. */
const MAX_PEACE_TURNS = 20_000;

/** Pages that one person has open at most. */
const MAX_PAGES = 2;

/** Somebody with a browser, which outlives its pages. */
interface Person {
  readonly name: string;
  readonly userId: number;
  readonly browser: MemoryBrowser;
  readonly pages: Set<Page>;
  /** In pages that are gone. Nobody who is there need know what they did, should the machine forget it. */
  readonly gone: Typist[];
  isOffline: boolean;
}

/** One page's way to a machine. */
interface Link {
  readonly page: () => Page;
  readonly client: MemoryTransport;
  readonly host: MemoryTransport;
  readonly up: Lane;
  readonly down: Lane;
}

/** Lets promises that are settled have their say, and those that they settle: all before the next tick. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/**
 * The whole system in one process, on one clock, with chance for everything that is not decided by
 * code: which frame arrives next, which operation on the disk is done, who types what, which link
 * breaks and when the power fails. Equal seeds give equal worlds.
 */
export class World {
  readonly #seed: number;
  readonly #random: Random;
  readonly #clock = new FakeClock();
  readonly #lanes = new Lanes();
  readonly #ledger = new Ledger();
  readonly #disk: MemoryDisk;
  readonly #people: Person[] = [];
  readonly #links = new Set<Link>();
  readonly #faults: string[] = [];
  #diskLanes: { readonly files: Lane; readonly storage: Lane };
  #machine: Machine | undefined;
  #isStopping = false;
  #steps = 0;
  #backup: DiskSnapshot | undefined;
  /** What programs have typed and deleted: that is in the file, and no page gives it back. */
  readonly #programs = { inserted: new Set<string>(), deleted: new Set<string>() };
  #hasForgotten = false;
  #hasCrashedSaving = false;
  #hasMoved = false;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = mulberry32(seed);
    this.#diskLanes = { files: this.#lanes.add(), storage: this.#lanes.add() };
    this.#disk = new MemoryDisk((operation, part) => this.#diskLanes[part].push(operation));
    this.#putFile(this.#randomText());
    this.#boot();
    for (let i = 0; i < PEOPLE; i++) this.#addPerson(`person ${i}`);
  }

  /** Lives the world to its end; throws with all that is needed to live it again. */
  async run(): Promise<void> {
    try {
      while (this.#steps < STEPS) {
        await this.#step();
        this.#check();
      }
      await this.#makePeace();
      await this.#undoInPeace();
      await this.#restartInPeace();
      await this.#end();
    } catch (error) {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(
        `seed ${this.#seed}, step ${this.#steps}: ${trace}\n` +
          `again with: npm run sim -- --seed ${this.#seed}`,
        { cause: error },
      );
    }
  }

  /** One thing happens. */
  async #step(): Promise<void> {
    this.#steps++;
    const random = this.#random;
    const dice = random();
    if (dice < 0.18) this.#somePage()?.act();
    else if (dice < 0.2) this.#program();
    else if (dice < 0.208) this.#cut();
    else if (dice < 0.216) this.#stall();
    else if (dice < 0.226) this.#goOn();
    else if (dice < 0.232) this.#restart();
    else if (dice < 0.236) this.#reload();
    else if (dice < 0.239) this.#goOffline();
    else if (dice < 0.24) this.#backup = this.#disk.snapshot();
    else if (dice < 0.242) this.#somePage()?.fallSilent();
    else if (dice < 0.27) this.#clock.fireNext();
    else if (!this.#lanes.step(random)) this.#clock.fireNext();
    for (const page of this.#pages()) {
      void page.open(PATH);
      if (random() < 0.01) page.wake();
    }
    await microtasks();
  }

  #somebody(): Person | undefined {
    return this.#people[randomBelow(this.#random, this.#people.length)];
  }

  #gone(): readonly Typist[] {
    return this.#people.flatMap(({ gone }) => gone);
  }

  #pages(): readonly Page[] {
    return this.#people.flatMap(({ pages }) => [...pages]);
  }

  #somePage(): Page | undefined {
    const pages = this.#pages();
    return pages[randomBelow(this.#random, pages.length)];
  }

  // What can be wrong at any time.

  #check(): void {
    if (this.#faults.length > 0) throw new Error(this.#faults.join("\n"));
  }

  /** Product code says of itself that something cannot be. */
  #log(who: string, handleUnknown = (): void => {}): Logger {
    return createLogger((level, message, fields) => {
      if (message === "the container has a text that nobody here knows") handleUnknown();
      const isFault = level === "error" || fields.tag === "invariant" || /history/.test(message);
      if (isFault) this.#faults.push(`${who}: ${message} ${JSON.stringify(fields)}`);
    });
  }

  // Peace: nothing breaks any more, nobody types.

  async #makePeace(): Promise<void> {
    for (const link of this.#links) this.#setStalled(link, false);
    for (const person of this.#people) {
      person.isOffline = false;
      if (person.pages.size === 0) this.#openPage(person);
    }
    let complaint = "";
    for (let turn = 0; turn < MAX_PEACE_TURNS; turn++) {
      this.#steps++;
      if (this.#machine === undefined) this.#boot();
      if (!this.#lanes.step(this.#random)) {
        for (const page of this.#pages()) void page.open(PATH);
        complaint = this.#complaint() ?? "";
        if (complaint === "") break;
        for (const page of this.#pages()) page.wake();
        this.#clock.fireNext();
      }
      await microtasks();
      this.#check();
    }
    if (complaint !== "") throw new Error(`no peace: ${complaint}`);
    const faults = this.#ledger.faultsOf(contentOf(this.#disk, FILE) ?? "");
    if (faults.length > 0) throw new Error(faults.join("\n"));
  }

  #complaint(): string | undefined {
    const text = contentOf(this.#disk, FILE);
    if (text === undefined) return "the file is gone";
    for (const { name, pages, browser } of this.#people) {
      for (const page of pages) {
        const complaint = page.complaint(text);
        if (complaint !== undefined) return `${name} ${complaint}\nfile ${JSON.stringify(text)}`;
      }
      const unsent = [...browser.drafts.values()].find(({ pending }) => pending.length > 0);
      if (unsent !== undefined) return `${name} has a draft with ${JSON.stringify(unsent.pending)}`;
    }
    return undefined;
  }

  /** Somebody takes back all that they have done, and nothing else: others' text stays where it is. */
  async #undoInPeace(): Promise<void> {
    const typist = this.#somePage()?.typist;
    // What was given back without anybody's knowing where it had stood stands elsewhere now, and for
    // its author that is somebody else's doing.
    if (typist === undefined || this.#hasMoved) return;
    const before = contentOf(this.#disk, FILE) ?? "";
    const [inserted, deleted] = [new Set(typist.inserted), new Set(typist.deleted)];
    const typists = [...this.#gone(), ...this.#pages().flatMap((page) => page.typist ?? [])];
    const others: readonly Pick<Typist, "inserted" | "deleted">[] = [
      ...typists.filter((other) => other !== typist),
      this.#programs,
    ];
    typist.undoAll();
    await this.#makePeace();
    const after = contentOf(this.#disk, FILE) ?? "";
    const faults: string[] = [];
    for (const char of inserted) {
      const isOthers = others.some((other) => other.inserted.has(char) || other.deleted.has(char));
      const isThere = after.includes(char) && isAccounted(char);
      if (isThere && !isOthers) faults.push(`${char} is still there`);
    }
    for (const char of deleted) {
      const isOthers = inserted.has(char) || others.some((other) => other.deleted.has(char));
      const isGone = !after.includes(char) && isAccounted(char);
      if (isGone && !isOthers) faults.push(`${char} is not back`);
    }
    const rest = (text: string): string =>
      Array.from(text)
        .filter((char) => isAccounted(char) && !inserted.has(char) && !deleted.has(char))
        .join("");
    if (rest(after) !== rest(before)) faults.push(`others' text was ${before} and is ${after}`);
    if (faults.length > 0) throw new Error(`undo: ${faults.join("\n")}`);
  }

  /** Everyone finds the same again on a machine that has only what was durable. */
  async #restartInPeace(): Promise<void> {
    const before = contentOf(this.#disk, FILE);
    this.#crash();
    this.#boot();
    this.#addPerson("newcomer");
    await this.#makePeace();
    if (contentOf(this.#disk, FILE) !== before) throw new Error("the text changed by itself");
  }

  async #end(): Promise<void> {
    for (const page of this.#pages()) page.close();
    const closed = this.#machine?.container.close();
    let isClosed = false;
    void closed?.then(() => (isClosed = true));
    while (this.#lanes.step(this.#random) || !isClosed) {
      await microtasks();
      if (!isClosed) this.#clock.fireNext();
    }
    this.#check();
  }

  // People and programs.

  #addPerson(name: string): void {
    const userId = this.#people.length + 1;
    const browser = new MemoryBrowser();
    const person = { name, userId, browser, pages: new Set<Page>(), gone: [], isOffline: false };
    this.#people.push(person);
    this.#openPage(person);
  }

  #openPage(person: Person): void {
    const page = new Page({
      clock: this.#clock,
      random: mulberry32(randomBelow(this.#random, 2 ** 32)),
      log: this.#log(person.name, () => {
        this.#hasMoved = true;
        // It had come within the second before the machine forgot, or its question how that text came
        // to be found no machine any more. Where the text is gone from the machine, nothing is left of
        // what was deleted of it, here or in the page that has left this draft; others, who know how it
        // came to be, give back what they know.
        for (const { deleted, found } of [...person.gone, ...(page.typist ? [page.typist] : [])]) {
          for (const char of deleted) if (found.has(char)) this.#ledger.loosen(char);
        }
      }),
      ledger: this.#ledger,
      lanes: this.#lanes,
      browser: person.browser,
      dial: () => this.#dial(person, () => page),
    });
    person.pages.add(page);
  }

  /** Somebody opens another page, or loses one by a crash or a reload. */
  #reload(): void {
    const person = this.#somebody();
    if (person === undefined) return;
    const dice = this.#random();
    const [page] = person.pages;
    if (page !== undefined && dice < 0.7) this.#crashPage(person, page);
    if (person.pages.size < MAX_PAGES && dice > 0.2) this.#openPage(person);
  }

  #crashPage(person: Person, page: Page): void {
    person.pages.delete(page);
    page.crash();
    const { typist } = page;
    if (typist !== undefined) person.gone.push(typist);
    // It may have been the only one that still knew what a machine had forgotten.
    if (this.#hasForgotten) this.#loosenUnknown();
    for (const { page: pageOf, client, host, up, down } of this.#links) {
      if (pageOf() !== page) continue;
      down.clear();
      if (this.#random() < 0.5) up.clear();
      // Nobody is left to hear, or to say anything more.
      client.onFrame = () => undefined;
      client.onClose = () => undefined;
      client.handleClose(1006, "page gone");
      up.push(() => host.handleClose(1006, "page gone"));
    }
  }

  /** Somebody's network is gone for long, or is there again. */
  #goOffline(): void {
    const person = this.#somebody();
    if (person === undefined) return;
    person.isOffline = !person.isOffline;
    if (!person.isOffline) return;
    for (const link of this.#links) if (person.pages.has(link.page())) this.#cutLink(link);
  }

  /** A program reads the file and writes it again; when it was overtaken, it gives up. */
  #program(): void {
    const random = this.#random;
    const before = contentOf(this.#disk, FILE);
    if (before === undefined) return;
    const chars = Array.from(before);
    const at = randomBelow(random, chars.length + 1);
    const isDeletion = random() < 0.5;
    const deleted = isDeletion ? chars.slice(at, at + 5) : [];
    const inserted = isDeletion ? "" : this.#ledger.next(3);
    const after =
      chars.slice(0, at).join("") + inserted + chars.slice(at + deleted.length).join("");
    const account = (): void => {
      this.#ledger.deleted(deleted.join(""));
      if (!this.#isReadKnown()) this.#ledger.loosen(deleted.join(""));
      this.#ledger.inserted(inserted);
      for (const char of inserted) this.#programs.inserted.add(char);
      for (const char of deleted) this.#programs.deleted.add(char);
    };
    if (this.#machine === undefined) {
      this.#putFile(after);
      account();
      return;
    }
    this.#machine.files
      .write(FILE, encodeUtf8(after), encodeUtf8(before))
      .then(account, () => undefined);
  }

  /**
   * Whether a program reads what a machine knows that it was in the file. One that forgot may not know
   * that, and one that crashed while it was saving does not until it looks; what a program has deleted
   * of such a text by then, nothing tells, and who has typed it keeps it.
   */
  #isReadKnown(): boolean {
    if (this.#hasForgotten) return false;
    if (!this.#hasCrashedSaving) return true;
    const known = new Knowledge();
    known.learnLogs(this.#disk.logs);
    this.#hasCrashedSaving = known.isSaving;
    return !known.isSaving;
  }

  #putFile(text: string): void {
    const atMs = this.#clock.now();
    this.#disk.nodes.set("folder", { kind: "directory", changedMs: atMs });
    const content = encodeUtf8(text);
    this.#disk.nodes.set(PATH, { kind: "file", content, modifiedMs: atMs, changedMs: atMs });
  }

  #randomText(): string {
    let text = "";
    const lines = randomBelow(this.#random, 4);
    for (let i = 0; i < lines; i++) {
      text += this.#ledger.next(randomBelow(this.#random, 8)) + (i % 2 === 0 ? "\r\n" : "\n");
    }
    this.#ledger.inserted(text);
    return text;
  }

  // The network.

  #dial(person: Person, page: () => Page): Transport {
    const { userId, name } = person;
    const up = this.#lanes.add();
    const down = this.#lanes.add();
    const client = new MemoryTransport((step) => up.push(step));
    const host = new MemoryTransport((step) => down.push(step));
    client.joinTo(host);
    host.joinTo(client);
    this.#links.add({ page, client, host, up, down });
    if (this.#machine === undefined || this.#isStopping || person.isOffline) {
      down.push(() => client.handleClose(1006, "refused"));
    } else {
      this.#machine.container.connect(host, { userId, name, role: "editor", guest: true });
    }
    return client;
  }

  #someLink(): Link | undefined {
    for (const link of this.#links) {
      if (link.client.isOpen || link.host.isOpen) continue;
      this.#links.delete(link);
      this.#lanes.remove(link.up);
      this.#lanes.remove(link.down);
    }
    return [...this.#links][randomBelow(this.#random, this.#links.size)];
  }

  /** Both ends learn of it, sooner or later; of what was on its way, some arrives and some not. */
  #cut(): void {
    const link = this.#someLink();
    if (link !== undefined) this.#cutLink(link);
  }

  #cutLink({ client, host, up, down }: Link): void {
    if (this.#random() < 0.5) up.clear();
    if (this.#random() < 0.5) down.clear();
    up.push(() => host.handleClose(1006, "cut"));
    down.push(() => client.handleClose(1006, "cut"));
  }

  /** Nothing arrives any more, in one direction or both, and nobody is told. */
  #stall(): void {
    const link = this.#someLink();
    if (link === undefined) return;
    const dice = this.#random();
    if (dice < 0.7) link.up.stalled = true;
    if (dice > 0.3) link.down.stalled = true;
  }

  #goOn(): void {
    const link = this.#someLink();
    if (link !== undefined) this.#setStalled(link, false);
  }

  #setStalled({ up, down }: Link, stalled: boolean): void {
    up.stalled = stalled;
    down.stalled = stalled;
  }

  // The machine.

  #boot(): void {
    this.#isStopping = false;
    this.#machine = new Machine({
      clock: this.#clock,
      random: mulberry32(randomBelow(this.#random, 2 ** 32)),
      log: this.#log("container"),
      disk: this.#disk,
    });
  }

  /** One step towards another machine: it crashes, begins to stop in order, or is started. */
  #restart(): void {
    const machine = this.#machine;
    if (machine === undefined) this.#boot();
    else if (this.#isStopping || this.#random() < 0.6) {
      this.#crash();
      const dice = this.#random();
      if (dice < 0.2) this.#losePower();
      else if (dice < 0.3) this.#restore();
    } else {
      this.#isStopping = true;
      void machine.container.close().then(() => {
        if (this.#machine === machine) this.#crash();
      });
    }
  }

  #losePower(): void {
    this.#forget(() => this.#disk.losePower());
  }

  #restore(): void {
    const backup = this.#backup;
    if (backup !== undefined) this.#forget(() => this.#disk.restore(backup));
  }

  /** The machine forgets; all that somebody knows of what it had comes back to it. */
  #forget(lose: () => void): void {
    const before = new Knowledge();
    before.learnLogs(this.#disk.logs);
    lose();
    this.#hasForgotten = true;
    // What programs have done is not given back (CL25): it is in the file that is there now, or was
    // undone with it. Who had deleted the same a little later has nothing left of that: the packet of
    // the program came first, and every op that was made without it, on a page or on its way, has
    // been carried across it since, which leaves nothing of a deletion of what is gone (OT5).
    for (const char of this.#programs.deleted) this.#ledger.loosen(char);
    const after = new Knowledge();
    after.learnLogs(this.#disk.logs);
    const file = contentOf(this.#disk, FILE) ?? "";
    let isFound = false;
    for (const char of this.#programs.inserted) {
      const isThere = file.includes(char);
      if (!isThere) this.#ledger.excuse(char);
      // The file may have it, but says neither when it came nor where it stood among what people had
      // typed. A page finds it there again by likeness, which fails where the two are in another order.
      if (after.programs.inserted.has(char)) continue;
      this.#ledger.unplace(char);
      this.#hasMoved ||= isThere;
      isFound ||= isThere;
    }
    // Beside what people had deleted and the file still has, too: either may be found first, and then
    // the other stands for new.
    if (isFound) this.#ledger.loosenDeleted(file);
    this.#loosenUnknown();
  }

  /** What was done in pages that are gone stays, unless nobody knows of it any more. */
  #loosenUnknown(): void {
    const known = new Knowledge();
    known.learnLogs(this.#disk.logs);
    for (const { browser } of this.#people) known.learnDrafts(browser);
    for (const { inserted, deleted } of this.#gone()) {
      for (const char of inserted) if (!known.people.inserted.has(char)) this.#ledger.loosen(char);
      for (const char of deleted) if (!known.people.deleted.has(char)) this.#ledger.loosen(char);
    }
  }

  #crash(): void {
    this.#machine?.crash();
    const known = new Knowledge();
    known.learnLogs(this.#disk.logs);
    this.#hasCrashedSaving = known.isSaving;
    this.#machine = undefined;
    this.#diskLanes.files.clear();
    this.#diskLanes.storage.clear();
    for (const { client, host, up, down } of this.#links) {
      up.clear();
      // What it had sent may still arrive; but nobody is left to hear, or to say anything more.
      host.onClose = () => undefined;
      host.handleClose(1006, "crash");
      down.push(() => client.handleClose(1006, "crash"));
    }
  }
}
