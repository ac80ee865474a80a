import type { Clock } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { messageOf } from "#common/lib/errors.ts";
import { Versions } from "#common/ot/versions.ts";
import type { Client, OpenDocument } from "#protocol/client.ts";
import type { OtPacket } from "#protocol/services/ot.ts";

/** Versions that are taken in at once, some milliseconds of work. */
const SLICE = 2_000;

/** `expected` is how many versions there will be, as far as that is known. */
export type HistoryState =
  | { readonly kind: "reading"; readonly expected: number | undefined }
  | { readonly kind: "read" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/**
 * The history of one file: read from its first version on, and going on with each that is made while
 * the file is open. One object serves everyone in the page who looks at that file's past.
 */
export class FileHistory {
  readonly path: string;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #changes = new Emitter<void>();
  #versions = new Versions();
  #state: HistoryState = { kind: "reading", expected: undefined };
  #document: OpenDocument | undefined;
  /** Changes with everything that can be seen. */
  #revision = 0;
  #isReading = false;
  #isClosed = false;
  #users = 0;
  #endVersions = (): void => {};

  /** The history of `path`, shared by all who ask; each call needs one `release`. */
  static acquire(client: Client, clock: Clock, path: string): FileHistory {
    const known = histories.get(client) ?? new Map<string, FileHistory>();
    histories.set(client, known);
    const history = known.get(path) ?? new FileHistory(client, clock, path);
    known.set(path, history);
    history.#users += 1;
    return history;
  }

  /** The file is there again: whoever looks at its past sees it go on. */
  static async reopen(client: Client, path: string): Promise<void> {
    const history = histories.get(client)?.get(path);
    if (history !== undefined && history.#document === undefined) await history.#start();
  }

  private constructor(client: Client, clock: Clock, path: string) {
    this.path = path;
    this.#client = client;
    this.#clock = clock;
    void this.#start();
  }

  /** Grows in place; another object when the container has gone back to an older state. */
  get versions(): Versions {
    return this.#versions;
  }

  get state(): HistoryState {
    return this.#state;
  }

  /** The text as it is now; undefined when its file is gone. */
  get document(): OpenDocument | undefined {
    return this.#document;
  }

  get revision(): number {
    return this.#revision;
  }

  readonly onChange = (listener: () => void): (() => void) => this.#changes.on(listener);

  /** Reads on where that failed, since what it failed for may have passed. */
  retry(): void {
    if (this.#state.kind !== "failed") return;
    void (this.#document === undefined ? this.#start() : this.#read());
  }

  release(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#isClosed = true;
    histories.get(this.#client)?.delete(this.path);
    this.#endVersions();
    this.#document?.close();
  }

  async #start(): Promise<void> {
    const opened = await this.#client.ot.openDocument(this.path);
    if (opened.ok && this.#isClosed) opened.value.close();
    if (this.#isClosed) return;
    if (opened.ok) {
      this.#document = opened.value;
      this.#endVersions = opened.value.onVersion((version, packet) => {
        this.#follow(version, packet);
      });
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const versions = this.#versions;
    const ask = (from: number) => this.#client.ot.history(this.path, from);
    let asked: ReturnType<typeof ask> | undefined;
    while (!this.#isClosed && this.#versions === versions) {
      // Edits that wait for a file may stand on a text which others had left behind.
      const isStranded = this.#document?.state.kind === "deleted";
      const expected = isStranded ? undefined : this.#document?.version;
      if (versions.count === expected) break;
      this.#become({ kind: "reading", expected });
      const answer = await (asked ?? ask(versions.count + 1));
      asked = undefined;
      if (this.#versions !== versions) return;
      if (!answer.ok) {
        const { code, message } = answer.error;
        this.#isReading = false;
        return this.#become({ kind: "failed", code, message });
      }
      const last = answer.value.at(-1);
      if (last === undefined) break;
      // What comes next is on its way while this is taken in.
      if (expected !== undefined && last.version < expected) asked = ask(last.version + 1);
      if (!(await this.#takeIn(versions, answer.value))) return;
    }
    if (this.#versions !== versions) return;
    this.#isReading = false;
    this.#become({ kind: "read" });
  }

  /** Tells whether the reading goes on. */
  async #takeIn(versions: Versions, packets: readonly OtPacket[]): Promise<boolean> {
    for (let start = 0; start < packets.length; start += SLICE) {
      if (start > 0) await new Promise<void>((resolve) => this.#clock.after(0, resolve));
      if (this.#isClosed || this.#versions !== versions) return false;
      if (!packets.slice(start, start + SLICE).every((packet) => this.#push(packet))) return false;
    }
    // Once for all of them: whoever looks on draws the whole timeline anew.
    this.#tell();
    return true;
  }

  /** A version has come while the text is open. */
  #follow(version: number, packet: OtPacket | undefined): void {
    const { count } = this.#versions;
    if (packet === undefined) {
      // What was known may never have been, in the state that the container has now.
      this.#versions = new Versions();
      void this.#read();
    } else if (this.#isReading) {
      // The reading comes to it.
    } else if (version === count + 1) {
      if (this.#push(packet)) this.#tell();
    } else if (version > count) {
      void this.#read();
    }
  }

  #push({ op, userId, committedMs }: OtPacket): boolean {
    try {
      this.#versions.push(op, userId, committedMs);
      return true;
    } catch (error) {
      const message = `Version ${this.#versions.count + 1} does not fit: ${messageOf(error)}`;
      this.#isReading = false;
      this.#become({ kind: "failed", code: "failed", message });
      return false;
    }
  }

  #become(state: HistoryState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    if (this.#isClosed) return;
    this.#revision += 1;
    this.#changes.emit();
  }
}

const histories = new WeakMap<Client, Map<string, FileHistory>>();
