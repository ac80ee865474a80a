import { within, type Cancel, type Clock } from "#common/lib/clock.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { randomBelow, randomId, type Random } from "#common/lib/random.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type { OpenDocument } from "../document.ts";
import type { DocumentState, OtEvent, OtMessage } from "../services/ot.ts";
import type { WorkerCaller } from "../workerCaller.ts";
import { Committed } from "./committed.ts";
import type { Draft, Journal } from "./journal.ts";
import { LiveDocument, type LiveDocumentInit } from "./liveDocument.ts";
import { WatchedJournal } from "./watchedJournal.ts";

/** How long somebody who opens a text waits for it, the connection included. */
const OPEN_TIMEOUT_MS = 30_000;

/** How long the journal may keep a text waiting that the container could give. */
const JOURNAL_TIMEOUT_MS = 1_000;

/** How soon it is found out that another page is gone, where the browser does not tell. */
const RECOVERY_INTERVAL_MS = 30_000;

export interface DocumentsInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly caller: WorkerCaller;
  readonly journal: Journal;
  readonly emit: (event: OtEvent) => void;
}

/** Edits of a file that were made in a page which is gone. */
export interface KeptEdits {
  readonly path: string;
  readonly edits: number;
  /** The text as it was with them. */
  readonly text: string;
}

type Opened = Result<OpenDocument, RequestError>;

/** A text that somebody has open, or waits for, or that holds what the container lacks. */
interface Entry {
  /** The first is what is shown. Others deliver what pages that are gone have left. */
  readonly documents: LiveDocument[];
  readonly waiting: ((opened: Opened) => void)[];
  /** What came while the journal was asked; undefined once it has answered. */
  early: OtMessage[] | undefined;
  /** A life of the channel has begun; whoever comes later asks for another. */
  isAttached: boolean;
  /** The one that the documents know of: what they send is meant for that text and no other. */
  life: number;
  cancelTimeout: Cancel;
}

/** The texts that are open. Several users of one text share it. */
export class Documents {
  readonly #init: DocumentsInit;
  readonly #journal: Journal;
  readonly #entries = new Map<string, Entry>();
  /** Done when what other pages have left is on its way. */
  readonly #recovered: Promise<void>;
  #cancelRecovery: Cancel = () => {};
  #isStopped = false;

  constructor(init: DocumentsInit) {
    this.#init = init;
    const onProblem = (problem: string | undefined): void =>
      init.emit({ kind: "journal", problem });
    this.#journal = new WatchedJournal({ ...init, onProblem });
    this.#recovered = this.#recover();
    this.#journal.onLeft(() => {
      if (!this.#isStopped) void this.#resumeAll(this.#journal.takeUnsent());
    });
  }

  open(path: string): Promise<Opened> {
    const entry = this.#entries.get(path) ?? this.#ask(path);
    const [shown] = entry.documents;
    if (shown !== undefined) {
      this.#tryAgain(path, entry);
      return Promise.resolve(ok(shown.share()));
    }
    return new Promise((resolve) => entry.waiting.push(resolve));
  }

  /** Whether everything typed would outlive this page: the container has it, or the journal. */
  get areKept(): boolean {
    return [...this.#entries.values()].every(({ documents }) =>
      documents.every((document) => document.isKept),
    );
  }

  /**
   * The text of a file as it would be with the edits that the container lacks: one for each page in
   * which they were typed, what is shown first.
   */
  textsOf(path: string): readonly string[] {
    return this.#entries.get(path)?.documents.map((document) => document.text()) ?? [];
  }

  /** What this browser has kept of edits that cannot be sent from here. */
  async kept(): Promise<readonly KeptEdits[]> {
    const drafts = await this.#journal.readUnsent().catch(() => []);
    return drafts.map(({ path, base, packets, pending }) => {
      const edits = pending.reduce((sum, each) => sum + each.edits, 0);
      return { path, edits, text: Committed.after(base, packets).textWith(pending).toString() };
    });
  }

  /** Forgets the edits of a file that the container lacks. */
  discard(path: string): void {
    for (const document of [...(this.#entries.get(path)?.documents ?? [])]) document.discard();
  }

  /**
   * Takes what the container lacks of a file that is gone to the path `to`, if the file has gone there:
   * its history then has the newest text that is known here, under the same version. Tells whether any
   * has gone; nobody can look at `path` any more then.
   */
  async follow(path: string, to: string): Promise<boolean> {
    const found: LiveDocument[] = [];
    for (const document of [...(this.#entries.get(path)?.documents ?? [])]) {
      const { version: from } = document;
      if (from === 0) continue;
      const answer = await this.#init.caller.call("ot.history", { path: to, from });
      const [packet] = answer.ok ? answer.value : [];
      if (packet !== undefined && document.isMadeBy(packet)) found.push(document);
    }
    const gone = found.filter(({ state }) => state.kind === "deleted");
    for (const document of gone) this.#resume({ ...document.handOver(), path: to });
    return gone.length > 0;
  }

  /** Looks no more for what other pages leave. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelRecovery();
  }

  /** One message of the text's channel. */
  handle(path: string, message: OtMessage): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    if (message.kind === "attached" || message.kind === "detached") {
      entry.isAttached = message.kind === "attached";
    }
    if (entry.early !== undefined) {
      entry.early.push(message);
      return;
    }
    if (message.kind === "attached") entry.life = message.life;
    if (message.kind === "restored") this.#tryAgain(path, entry);
    if (entry.documents.length > 0) {
      for (const document of [...entry.documents]) document.handle(message);
    } else if (message.kind === "attached") {
      this.#begin(entry, LiveDocument.open(this.#initOf(path, entry), message.snapshot));
    } else if (message.kind === "failed") {
      this.#giveUp(path, entry, new RequestError(message.error.code, message.error.message));
    }
  }

  /** A text that could not be had may be there by now. */
  #tryAgain(path: string, entry: Entry): void {
    const isGivenUp = entry.documents.some(({ state }) => !isOpen(state));
    if (isGivenUp && !entry.isAttached) this.#init.caller.tell({ kind: "ot-reopen", path });
  }

  /** Sends what other pages could not, now and whenever one is gone. */
  async #recover(): Promise<void> {
    const { clock } = this.#init;
    this.#cancelRecovery = clock.after(RECOVERY_INTERVAL_MS, () => void this.#recover());
    await this.#resumeAll(this.#journal.takeUnsent());
  }

  /** A text that nobody has open: the journal may have it, and the container will. */
  #ask(path: string): Entry {
    const entry = this.#create(path);
    const early: OtMessage[] = [];
    entry.early = early;
    const look = async (): Promise<void> => {
      await this.#recovered;
      if (entry.documents.length === 0) await this.#resumeAll(this.#journal.take(path));
      entry.early = undefined;
      for (const message of early) this.handle(path, message);
    };
    void look();
    return entry;
  }

  /**
   * Goes on with what the journal gives. Resolves also when it cannot be read, or takes too long:
   * texts are opened all the same, and the drafts join them when they come.
   */
  async #resumeAll(answer: Promise<readonly Draft[]>): Promise<void> {
    const { clock, log } = this.#init;
    const resumed = answer.then(
      (drafts) => {
        for (const draft of drafts) this.#resume(draft);
      },
      (error: unknown) => log.warn(`the journal cannot be read: ${messageOf(error)}`),
    );
    await within(clock, JOURNAL_TIMEOUT_MS, resumed);
  }

  #create(path: string): Entry {
    const { clock, caller, emit } = this.#init;
    const entry: Entry = {
      documents: [],
      waiting: [],
      early: undefined,
      isAttached: false,
      life: 0,
      cancelTimeout: clock.after(OPEN_TIMEOUT_MS, () =>
        this.#giveUp(path, entry, new RequestError("timeout", "The container does not answer.")),
      ),
    };
    this.#entries.set(path, entry);
    caller.tell({ kind: "ot-open", path });
    emit({ kind: "document", path, state: { kind: "opening" } });
    return entry;
  }

  #resume(draft: Draft): void {
    const { path } = draft;
    const entry = this.#entries.get(path) ?? this.#create(path);
    this.#begin(entry, LiveDocument.resume(this.#initOf(path, entry), draft));
    if (entry.isAttached && entry.early === undefined) {
      this.#init.caller.tell({ kind: "ot-reopen", path });
    }
  }

  #begin(entry: Entry, document: LiveDocument): void {
    entry.cancelTimeout();
    entry.documents.push(document);
    this.#tellState(entry, document.path);
    for (const resolve of entry.waiting.splice(0)) resolve(ok(document.share()));
  }

  #initOf(path: string, entry: Entry): LiveDocumentInit {
    const { clock, random, log, caller, emit } = this.#init;
    return {
      path,
      clock,
      log,
      journal: this.#journal,
      createDraftId: () => randomId(random),
      nonce: randomBelow(random, 2 ** 32),
      port: {
        send: (base, pending) => caller.call("ot.send", { path, life: entry.life, base, pending }),
        fetch: (from, to) => caller.call("ot.fetch", { path, life: entry.life, from, to }),
        flush: () => caller.call("ot.flush", { path }),
        setCursors: (cursors) => caller.tell({ kind: "ot-cursors", path, cursors }),
        reopen: () => caller.tell({ kind: "ot-reopen", path }),
      },
      onState: () => this.#tellState(entry, path),
      onMerged: (merged) => emit({ kind: "merged", path, ...merged }),
      onClosed: (document) => {
        entry.documents.splice(entry.documents.indexOf(document), 1);
        if (entry.documents.length === 0) this.#forget(path);
        else this.#tellState(entry, path);
      },
    };
  }

  #tellState({ documents }: Entry, path: string): void {
    const [shown, ...others] = documents.map(({ state }) => state);
    if (shown === undefined || shown.kind === "opening") return;
    const unsent = others.reduce((sum, other) => sum + unsentIn(other), shown.unsent);
    this.#init.emit({ kind: "document", path, state: { ...shown, unsent } });
  }

  #giveUp(path: string, entry: Entry, error: RequestError): void {
    entry.cancelTimeout();
    this.#forget(path);
    for (const resolve of entry.waiting.splice(0)) resolve(fail(error));
  }

  #forget(path: string): void {
    this.#entries.delete(path);
    this.#init.caller.tell({ kind: "ot-close", path });
    this.#init.emit({ kind: "closed", path });
  }
}

function isOpen({ kind }: DocumentState): boolean {
  return kind !== "deleted" && kind !== "failed";
}

function unsentIn(state: DocumentState): number {
  return "unsent" in state ? state.unsent : 0;
}
