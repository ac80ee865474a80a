import type { Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import { randomBelow, type Random } from "#common/lib/random.ts";
import type { Transport } from "#common/wire/transport.ts";
import type { FromWorker, ToWorker, WorkerPort } from "#protocol/bridge.ts";
import { createClient, type Client, type OpenDocument } from "#protocol/client.ts";
import type { TextChange } from "#protocol/document.ts";
import { createProtocolWorker } from "#protocol/worker/protocolWorker.ts";
import type { Journal } from "#protocol/document/journal.ts";
import type { MemoryBrowser, MemoryJournal } from "#test/helpers/memoryJournal.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { MortalClock } from "./mortalClock.ts";

/** Characters of one edit at most. */
const MAX_EDIT = 6;

export interface PageInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly browser: MemoryBrowser;
  readonly dial: () => Transport;
}

/** One page in somebody's browser: the whole client half of the product, and an editor of one text. */
export class Page {
  readonly client: Client;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #clock: MortalClock;
  readonly #journal: MemoryJournal;
  readonly #lanes: Lanes;
  /** To the worker, to the page and to the journal. */
  readonly #ownLanes: readonly Lane[];
  /** Edits that may be lost with the page: neither acknowledged nor in the journal. */
  #unkept: string[][] = [];
  #document: OpenDocument | undefined;
  /** The editor's own copy, which knows only what it was told. */
  #screen = "";
  #opening = false;
  #isAsleep = false;

  constructor({ random, log, ledger, lanes, browser, dial, ...init }: PageInit) {
    this.#random = random;
    this.#ledger = ledger;
    this.#lanes = lanes;
    const [toWorker, toPage, toJournal] = [lanes.add(), lanes.add(), lanes.add()];
    this.#ownLanes = [toWorker, toPage, toJournal];
    this.#journal = browser.openPage((operation) => toJournal.push(operation));
    const clock = new MortalClock(init.clock);
    this.#clock = clock;
    const port: WorkerPort = {
      postMessage: (messages: readonly ToWorker[]) => {
        const cloned = structuredClone(messages);
        toWorker.push(() => worker.receive(cloned));
      },
      onmessage: null,
    };
    const worker = createProtocolWorker({
      clock,
      random,
      log,
      createFetchConnection: () => () =>
        Promise.resolve({
          kind: "granted",
          data: {
            token: "token",
            gurl: "ws://container.test",
            repl: { id: "repl", slug: "sample", language: "nodejs" },
            role: "editor",
          },
        }),
      openTransport: dial,
      scheduleFrame: (callback) => clock.after(16, callback),
      post: (messages: readonly FromWorker[]) => {
        const data = structuredClone(messages);
        toPage.push(() => port.onmessage?.({ data } as MessageEvent<typeof data>));
      },
    });
    this.client = createClient({
      port,
      clock,
      random,
      log,
      journal: this.#watched(this.#journal),
      start: { replId: "repl", invite: "", guest: "", origin: "http://host.test", name: "" },
    });
    this.#watchConnection();
  }

  /** Everything that the page has not written is lost. */
  crash(): void {
    this.#journal.crash();
    this.#clock.stop();
    for (const lane of this.#ownLanes) this.#lanes.remove(lane);
    const state = this.#document?.state;
    const isSent = state !== undefined && "unsent" in state && state.unsent === 0;
    if (isSent) this.#unkept = [];
    for (const texts of this.#unkept) {
      for (const text of texts) this.#ledger.loosen(text);
    }
  }

  /** The journal, which tells when edits are kept. */
  #watched(journal: MemoryJournal): Journal {
    return {
      takeUnsent: () => journal.takeUnsent(),
      take: (path) => journal.take(path),
      remove: (id) => journal.remove(id),
      write: async (change) => {
        const kept = new Set(this.#unkept);
        await journal.write(change);
        this.#unkept = this.#unkept.filter((texts) => !kept.has(texts));
      },
    };
  }

  #watchConnection(): void {
    this.client.onEvents((events) => {
      for (const { slice, event } of events) {
        if (slice !== "control" || event.kind !== "connection") continue;
        this.#isAsleep = event.state.kind === "ended";
      }
    });
  }

  /** Opens the text; while that fails, it is tried again with each call. */
  async open(path: string): Promise<void> {
    if (this.#document !== undefined || this.#opening) return;
    this.#opening = true;
    const answer = await this.client.ot.openDocument(path);
    this.#opening = false;
    if (!answer.ok) return;
    this.#document = answer.value;
    this.#screen = answer.value.text();
    answer.value.onRemoteChanges((changes) => this.#show(changes));
  }

  /** Types, deletes, undoes, moves a caret, saves: one of them. */
  act(): void {
    const document = this.#document;
    if (document === undefined) return;
    const dice = this.#random();
    if (dice < 0.05) this.#takeBack(document.undo());
    else if (dice < 0.08) this.#takeBack(document.redo());
    else if (dice < 0.15) this.#moveCaret(document);
    else if (dice < 0.18) document.flush().catch(() => undefined);
    else this.#edit(document);
  }

  /** Presses the button that is shown when the repl is asleep. */
  wake(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.client.connection.retryNow();
  }

  close(): void {
    this.#document?.close();
    this.client.connection.leave();
  }

  /** Why this person does not see that text as everyone's and safe; undefined when they do. */
  complaint(text: string): string | undefined {
    const document = this.#document;
    if (document === undefined) return "has not opened it";
    const { state } = document;
    if (state.kind !== "live") return `is ${JSON.stringify(state)}`;
    if (state.unsent > 0) return `has ${state.unsent} edits unsent`;
    if (document.text() !== text) return `has ${JSON.stringify(document.text())}`;
    if (this.#screen !== text) return `sees ${JSON.stringify(this.#screen)}`;
    return undefined;
  }

  /** One change or two, as an editor with several carets makes them. */
  #edit(document: OpenDocument): void {
    const places = [this.#place(), this.#place()].toSorted((a, b) => a - b);
    const [first = 0, second = 0] = places;
    const changes: TextChange[] =
      this.#random() < 0.1 && first < second
        ? [this.#change(first, second), this.#change(second, this.#screen.length)]
        : [this.#change(first, this.#screen.length)];
    document.edit(changes);
    this.#account(changes);
    this.#show(changes);
  }

  #change(offset: number, limit: number): TextChange {
    const random = this.#random;
    const isDeletion = random() < 0.4;
    const end = this.#atCharacter(Math.min(offset + randomBelow(random, MAX_EDIT), limit));
    const deleteLength = isDeletion && end > offset ? end - offset : 0;
    const insert =
      isDeletion && random() < 0.7
        ? ""
        : random() < 0.15
          ? "\r\n"
          : this.#ledger.next(1 + randomBelow(random, MAX_EDIT));
    return { offset, deleteLength, insert };
  }

  #place(): number {
    return this.#atCharacter(randomBelow(this.#random, this.#screen.length + 1));
  }

  /** The offset, or the one before, when it would cut a pair of surrogates. */
  #atCharacter(offset: number): number {
    const unit = this.#screen.charCodeAt(offset);
    return unit >= 0xdc00 && unit <= 0xdfff ? offset - 1 : offset;
  }

  #takeBack(changes: readonly TextChange[] | undefined): void {
    if (changes === undefined) return;
    this.#account(changes);
    this.#show(changes);
  }

  #moveCaret(document: OpenDocument): void {
    document.setSelections([{ anchor: this.#place(), head: this.#place() }]);
  }

  #account(changes: readonly TextChange[]): void {
    const touched: string[] = [];
    for (const { offset, deleteLength, insert } of changes) {
      const deleted = this.#screen.slice(offset, offset + deleteLength);
      this.#ledger.deleted(deleted);
      this.#ledger.inserted(insert);
      touched.push(deleted, insert);
    }
    this.#unkept.push(touched);
  }

  #show(changes: readonly TextChange[]): void {
    for (const { offset, deleteLength, insert } of changes.toSorted(
      (a, b) => b.offset - a.offset,
    )) {
      this.#screen =
        this.#screen.slice(0, offset) + insert + this.#screen.slice(offset + deleteLength);
    }
  }
}
