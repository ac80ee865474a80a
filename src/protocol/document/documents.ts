import type { Cancel, Clock } from "#common/lib/clock.ts";
import { RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { randomBelow, type Random } from "#common/lib/random.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type { OpenDocument } from "../document.ts";
import type { OtEvent, OtMessage, OtSnapshot } from "../services/ot.ts";
import type { WorkerCaller } from "../workerCaller.ts";
import { LiveDocument } from "./liveDocument.ts";

/** How long somebody who opens a text waits for it, the connection included. */
const OPEN_TIMEOUT_MS = 30_000;

export interface DocumentsInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly caller: WorkerCaller;
  readonly emit: (event: OtEvent) => void;
}

type Opened = Result<OpenDocument, RequestError>;

/** A text that somebody has open, or waits for. */
interface Entry {
  document: LiveDocument | undefined;
  readonly waiting: ((opened: Opened) => void)[];
  cancelTimeout: Cancel;
}

/** The texts that are open. Several users of one text share it. */
export class Documents {
  readonly #init: DocumentsInit;
  readonly #entries = new Map<string, Entry>();

  constructor(init: DocumentsInit) {
    this.#init = init;
  }

  open(path: string): Promise<Opened> {
    const entry = this.#entries.get(path) ?? this.#create(path);
    if (entry.document !== undefined) return Promise.resolve(ok(entry.document.share()));
    return new Promise((resolve) => entry.waiting.push(resolve));
  }

  /** One message of the text's channel. */
  handle(path: string, message: OtMessage): void {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    if (entry.document !== undefined) {
      entry.document.handle(message);
    } else if (message.kind === "attached") {
      this.#begin(path, entry, message.snapshot);
    } else if (message.kind === "failed") {
      this.#giveUp(path, entry, new RequestError(message.error.code, message.error.message));
    }
  }

  #create(path: string): Entry {
    const entry: Entry = {
      document: undefined,
      waiting: [],
      cancelTimeout: this.#init.clock.after(OPEN_TIMEOUT_MS, () =>
        this.#giveUp(path, entry, new RequestError("timeout", "The container does not answer.")),
      ),
    };
    this.#entries.set(path, entry);
    this.#init.caller.tell({ kind: "ot-open", path });
    this.#init.emit({ kind: "document", path, state: { kind: "opening" } });
    return entry;
  }

  #begin(path: string, entry: Entry, snapshot: OtSnapshot): void {
    const { clock, random, log, caller, emit } = this.#init;
    entry.cancelTimeout();
    const document = new LiveDocument(
      {
        path,
        clock,
        log,
        nonce: randomBelow(random, 2 ** 32),
        port: {
          send: (base, op, nonce) => caller.call("ot.send", { path, base, op, nonce }),
          fetch: (from, to) => caller.call("ot.fetch", { path, from, to }),
          flush: () => caller.call("ot.flush", { path }),
          setCursors: (cursors) => caller.tell({ kind: "ot-cursors", path, cursors }),
          reopen: () => caller.tell({ kind: "ot-reopen", path }),
        },
        onState: (state) => emit({ kind: "document", path, state }),
        onClosed: () => this.#forget(path),
      },
      snapshot,
    );
    entry.document = document;
    for (const resolve of entry.waiting.splice(0)) resolve(ok(document.share()));
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
