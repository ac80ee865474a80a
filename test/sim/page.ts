import type { Clock } from "#common/lib/clock.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";
import type { Transport } from "#common/wire/transport.ts";
import type { FromWorker, ToWorker, WorkerPort } from "#protocol/bridge.ts";
import { createClient, type Client } from "#protocol/client.ts";
import { createProtocolWorker } from "#protocol/worker/protocolWorker.ts";
import type { Journal } from "#protocol/document/journal.ts";
import type { MemoryBrowser, MemoryJournal } from "#test/helpers/memoryJournal.ts";
import type { Lane, Lanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { MortalClock } from "./mortalClock.ts";
import { Typist } from "./typist.ts";

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
  #typist: Typist | undefined;
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

  /** The others of its browser cannot tell whether it lives, and now take it for gone, now not. */
  fallSilent(): void {
    this.#journal.isSilent = !this.#journal.isSilent;
  }

  /** Everything that the page has not written is lost. */
  crash(): void {
    this.#journal.crash();
    this.#clock.stop();
    for (const lane of this.#ownLanes) this.#lanes.remove(lane);
    const state = this.#typist?.document.state;
    const isAcknowledged = state !== undefined && "unsent" in state && state.unsent === 0;
    // What was typed and deleted before it was sent may be half in the journal.
    const isSent = isAcknowledged && !this.#journal.holdsUnsent;
    if (isSent) this.#unkept = [];
    for (const texts of this.#unkept) {
      for (const text of texts) this.#ledger.loosen(text);
    }
  }

  /** The journal, which tells when edits are kept. */
  #watched(journal: MemoryJournal): Journal {
    return {
      takeUnsent: () => journal.takeUnsent(),
      readUnsent: () => journal.readUnsent(),
      take: (path) => journal.take(path),
      remove: (id) => journal.remove(id),
      onLeft: (listener) => journal.onLeft(listener),
      write: async (change) => {
        const kept = new Set(this.#unkept);
        const isOurs = await journal.write(change);
        if (!isOurs) return false;
        this.#unkept = this.#unkept.filter((texts) => !kept.has(texts));
        return true;
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
    if (this.#typist !== undefined || this.#opening) return;
    this.#opening = true;
    const answer = await this.client.ot.openDocument(path);
    this.#opening = false;
    if (!answer.ok) return;
    this.#typist = new Typist({
      document: answer.value,
      random: this.#random,
      ledger: this.#ledger,
      onEdit: (texts) => this.#unkept.push([...texts]),
    });
  }

  get typist(): Typist | undefined {
    return this.#typist;
  }

  /** Does one of the things that a person does in an editor. */
  act(): void {
    this.#typist?.act();
  }

  /** Presses the button that is shown when the repl is asleep. */
  wake(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.client.connection.retryNow();
  }

  close(): void {
    this.#typist?.document.close();
    this.client.connection.leave();
  }

  /** Why this person does not see that text as everyone's and safe; undefined when they do. */
  complaint(text: string): string | undefined {
    return this.#typist === undefined ? "has not opened it" : this.#typist.complaint(text);
  }
}
