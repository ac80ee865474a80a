import type { Cancel } from "#common/lib/clock.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import { carryCaret, type Caret } from "#common/ot/caret.ts";
import { batched } from "../../batched.ts";
import type { Platform, ReplPath } from "../../platform.ts";
import type { Commit } from "./commit.ts";
import type { DiskNote } from "./documentLog.ts";
import type { DiskReplica, SavedText } from "./replica.ts";
import { Timeline, tooLarge, type Edit } from "./timeline.ts";
import { TurnQueue } from "./turnQueue.ts";

/** Edits that one commit on disk carries. More would keep the thread from others for too long. */
const MAX_BATCH = 1000;

/**
 * The file follows the text after this pause in typing, and after this time without a pause: soon
 * enough that a program that is run reads what was typed, seldom enough that a disk can bear it.
 */
const SAVE_AFTER_MS = 1000;
const SAVE_WITHIN_MS = 3000;

/** How soon a file that could not be written is tried again. */
const RETRY_MS = 10_000;

/** A program that rewrites a file empties it first; what it then writes is there by this time. */
const REWRITE_MS = 50;

/** Who shows a text to sessions. */
export interface View {
  /** Commits that are stored, in order. */
  committed(commits: readonly Commit[]): void;
}

/** Called once, with an error when the edit is not in the text and never will be. */
export type Answer = (error?: unknown) => void;

interface PendingEdit {
  readonly edit: Edit;
  readonly answer: Answer;
}

/**
 * One text that is open for editing, with its file. Everything happens in turns, in the order in
 * which it was asked for; between two turns all that anybody can see is stored.
 */
export class TextDocument {
  readonly id: string;
  readonly views = new Set<View>();
  /** Edits are acknowledged when the file has them (OT23). */
  highConsistency = false;

  readonly #platform: Platform;
  readonly #log: Logger;
  readonly #maxBytes: number;
  readonly #tellPeople: (text: string) => void;
  readonly #whereabouts: () => Promise<void>;
  readonly #timeline: Timeline;
  readonly #replica: DiskReplica;
  readonly #turns: TurnQueue<PendingEdit>;
  #path: ReplPath;
  /** The version at which the file was found to be gone. */
  #goneSince: number | undefined;
  #failure: string | undefined;
  #cancelSave: Cancel | undefined;
  #saveByMs = 0;
  #closing = false;

  private constructor(init: DocumentInit, timeline: Timeline, replica: DiskReplica) {
    this.id = init.id;
    this.#path = init.path;
    this.#platform = init.platform;
    this.#maxBytes = init.maxBytes;
    this.#tellPeople = init.tellPeople;
    this.#whereabouts = init.whereabouts;
    this.#log = init.platform.log.child({ service: "ot", document: init.id });
    this.#timeline = timeline;
    this.#replica = replica;
    this.#turns = new TurnQueue((batch) => this.#commit(batch), MAX_BATCH);
  }

  /** Opens the text whose file holds `file`. */
  static async open(init: DocumentInit, file: string): Promise<TextDocument> {
    const { timeline, replica } = await Timeline.open(init.platform, init);
    const document = new TextDocument(init, timeline, replica);
    try {
      const isNew = timeline.version === 0;
      await document.#turns.run(() => document.#takeIn(file));
      // A file that a loss of power leaves without history must not look like another one afterwards.
      if (isNew) await timeline.sync();
      document.#saveSoon();
      return document;
    } catch (error) {
      await timeline.close();
      throw error;
    }
  }

  get path(): ReplPath {
    return this.#path;
  }

  get version(): number {
    return this.#timeline.version;
  }

  /** Code points. */
  get length(): number {
    return this.#timeline.length;
  }

  /** Takes an edit for its turn. */
  submit(edit: Edit, answer: Answer): void {
    this.#turns.push({ edit, answer });
  }

  /** Does `look` in a turn of its own, at once when it is nobody else's. */
  look<T>(look: (text: Snapshot) => T): Promise<T> {
    return this.#turns.run(() => look(this.#snapshot()));
  }

  /** The commits of these versions, or the first of them (OT27). */
  async fetch(from: number, to: number): Promise<readonly Commit[]> {
    // Not awaited within the turn: others go on while old history is read.
    const { commits } = await this.#turns.run(() => ({ commits: this.#timeline.fetch(from, to) }));
    return commits;
  }

  /** Makes a history `id` of this one, up to the version that had `text` (OT37). */
  async copyTo(id: string, text: string): Promise<boolean> {
    const { copied } = await this.#turns.run(() => ({ copied: this.#timeline.copyTo(id, text) }));
    return copied;
  }

  /** Where a caret of `userId` in the text of `version` is now, as near as is remembered. */
  carry<C extends Caret>(caret: C, userId: number, version: number): C {
    let carried = caret;
    if (this.#timeline.remembers(version)) {
      for (const commit of this.#timeline.commitsSince(version)) {
        const by = commit.userId === userId ? "owner" : "others";
        carried = carryCaret(carried, commit.op, by);
      }
    }
    const { length } = this;
    return {
      ...carried,
      position: Math.min(carried.position, length),
      selectionStart: Math.min(carried.selectionStart, length),
      selectionEnd: Math.min(carried.selectionEnd, length),
    };
  }

  /** The file has got another name. */
  moved(path: ReplPath): void {
    this.#path = path;
    // What could not be saved while the file seemed gone can be now.
    void this.check().then(() => this.#saveSoon());
  }

  /**
   * Brings the file up to date with the text, and the text with what a program has made of the
   * file. Resolves when everything submitted before the call is in the file, and file and history
   * survive a loss of power.
   */
  readonly save = batched(async () => {
    await this.#atDisk(() => this.#synchronize(true));
    await this.#timeline.sync();
  });

  /** The file may have changed or gone: takes in what a program has made of it. */
  readonly check = batched(async () => {
    if (this.#closing) return;
    await this.#atDisk(() => this.#synchronize(false)).catch((error: unknown) =>
      this.#failed(error),
    );
  });

  /** Saves, as far as that is possible, and lets go of everything. */
  async close(): Promise<void> {
    this.#cancelSave?.();
    this.#closing = true;
    await this.save().catch((error: unknown) => {
      if (!isMissing(error)) this.#log.warn(`not saved at the end: ${messageOf(error)}`);
    });
    await this.#disk;
    await this.#turns.run(() => this.#timeline.close());
  }

  async #commit(batch: readonly PendingEdit[]): Promise<void> {
    const commits: Commit[] = [];
    const accepted: Answer[] = [];
    for (const { edit, answer } of batch) {
      try {
        const commit = this.#timeline.receive(edit);
        if (commit !== undefined) commits.push(commit);
        accepted.push(answer);
      } catch (error) {
        answer(error);
      }
    }
    const answerAll = (error?: unknown): void => {
      for (const answer of accepted) answer(error);
    };
    if (commits.length > 0) {
      try {
        await this.#timeline.append(commits);
      } catch (error) {
        answerAll(error);
        return;
      }
      this.#tell(commits);
      this.#saveSoon();
    }
    if (this.highConsistency) void this.save().then(() => answerAll(), answerAll);
    else answerAll();
  }

  #snapshot(): Snapshot {
    const { version, committedMs = this.#platform.clock.now() } = this.#timeline;
    return {
      version,
      text: this.#timeline.text(),
      crc32: this.#timeline.crc32(),
      committedMs,
    };
  }

  #tell(commits: readonly Commit[]): void {
    for (const view of this.views) view.committed(commits);
    this.#timeline.trim(this.#replica.version);
  }

  #saveSoon(): void {
    const now = this.#platform.clock.now();
    if (this.#isSaved()) return;
    if (this.#cancelSave === undefined) this.#saveByMs = now + SAVE_WITHIN_MS;
    this.#saveIn(Math.min(SAVE_AFTER_MS, Math.max(this.#saveByMs - now, 0)));
  }

  #saveIn(delayMs: number): void {
    this.#cancelSave?.();
    if (this.#closing) return;
    this.#cancelSave = this.#platform.clock.after(delayMs, () => {
      this.#cancelSave = undefined;
      this.save().catch((error: unknown) => {
        this.#failed(error);
        if (!isMissing(error)) this.#saveIn(RETRY_MS);
      });
    });
  }

  #isSaved(): boolean {
    const { version } = this.#timeline;
    return this.#replica.holds(version) || this.#goneSince === version;
  }

  // The file. One thing at a time happens to it, and it takes turns only for its looks at the text.

  #disk: Promise<void> = Promise.resolve();

  #atDisk(work: () => Promise<void>): Promise<void> {
    const done = this.#disk.then(work);
    this.#disk = done.catch(() => undefined);
    return done;
  }

  /** Takes in what a program has written, then writes what people have typed. */
  async #synchronize(write: boolean): Promise<void> {
    const path = this.#path;
    const found = await this.#read();
    let changed = false;
    if (found === undefined) {
      await this.#turns.run(() => (this.#goneSince ??= this.#timeline.version));
      if (write && !this.#isSaved() && !this.#closing) {
        await this.#whereabouts();
        if (this.#path !== path) return this.#synchronize(true);
      }
    } else {
      this.#goneSince = undefined;
      changed = await this.#turns.run(() => this.#takeIn(found));
    }
    if (!write && !changed) return;
    // Once both have changed, no version of the text is what the file holds. The sooner it is again,
    // the less there is to reckon with.
    const copy = await this.#turns.run(() => this.#unsaved());
    if (copy !== undefined) {
      // Should we crash right after, this is what the file may hold.
      await this.#turns.run(() => this.#note({ kind: "saving", version: copy.version }));
      // The file never holds what a loss of power could take from the history.
      await this.#timeline.sync();
      this.#replica.attempt(copy);
      const expected = found === undefined ? "nothing" : encodeUtf8(found);
      try {
        await this.#platform.files.write(path, encodeUtf8(copy.text), expected);
      } catch (error) {
        const isOther = isConflict(error) || (isMissing(error) && found !== undefined);
        if (isOther) return this.#synchronize(true);
        throw error;
      }
      await this.#turns.run(() => this.#saved(copy));
    } else if (this.#goneSince !== undefined) {
      throw missing(path);
    }
    this.#failure = undefined;
  }

  /** In a turn: the text, when the file must be written with it. */
  #unsaved(): SavedText | undefined {
    const { version } = this.#timeline;
    return this.#isSaved() ? undefined : { version, text: this.#timeline.text() };
  }

  /** The text in the file; undefined when it is gone. */
  async #read(): Promise<string | undefined> {
    const { clock } = this.#platform;
    const read = (): Promise<string | undefined> =>
      readText(this.#platform, this.#path, this.#maxBytes).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
    const found = await read();
    if (found !== "" || this.#replica.held === "" || this.#closing) return found;
    await new Promise<void>((resolve) => clock.after(REWRITE_MS, resolve));
    return read();
  }

  /** In a turn: makes a commit of what was found to be new in the file. Tells whether it was. */
  async #takeIn(found: string): Promise<boolean> {
    const timeline = this.#timeline;
    const settled = this.#replica.settle(found);
    const notes: DiskNote[] =
      settled === undefined ? [] : [{ kind: "saved", version: settled.version }];
    if (found === this.#replica.held && timeline.version > 0) {
      for (const note of notes) await this.#note(note);
      return false;
    }
    const newer = timeline.opsSince(this.#replica.version);
    const { change, op, accept } = this.#replica.changed(found, newer);
    const wasSaved = this.#replica.holds(timeline.version);
    const commit = timeline.change(op);
    // Without edits of people between, the file holds exactly the text that the commit makes.
    if (wasSaved) notes.push({ kind: "saved", version: commit.version });
    else notes.push({ kind: "changed", op: change });
    await timeline.append([commit], notes);
    accept(commit.version);
    this.#tell([commit]);
    return true;
  }

  /** In a turn: the file was written. */
  async #saved(copy: SavedText): Promise<void> {
    const { version, text } = copy;
    this.#goneSince = undefined;
    this.#replica.saved(copy);
    await this.#note({ kind: "saved", version });
    await this.#timeline.keyFrame(version, text).catch((error: unknown) => {
      this.#log.warn(`no key frame: ${messageOf(error)}`);
    });
    this.#timeline.trim(version);
  }

  /** In a turn: notes what became of the file, for the time after a crash. Text and file go on. */
  async #note(note: DiskNote): Promise<void> {
    await this.#timeline.appendNote(note).catch((error: unknown) => {
      this.#log.warn(`${note.kind} is not noted: ${messageOf(error)}`);
    });
  }

  /** Tells, once, that text and file have come apart. */
  #failed(error: unknown): void {
    // That a file is gone is seen where files are seen. The text lives on, and so does the history.
    if (isMissing(error)) return;
    const why = error instanceof RequestError ? error.message : "internal error";
    this.#log.warn(`text and file differ: ${messageOf(error)}`);
    if (this.#failure === why) return;
    this.#failure = why;
    const name = why.includes(this.#path) ? "" : `${this.#path}: `;
    this.#tellPeople(`Not saved: ${name}${why}`);
  }
}

export interface DocumentInit {
  readonly id: string;
  readonly path: ReplPath;
  readonly platform: Platform;
  readonly maxBytes: number;
  /** Says something to everybody. */
  readonly tellPeople: (text: string) => void;
  /** Resolves when `moved` has been called, should the file that is missing have another name. */
  readonly whereabouts: () => Promise<void>;
}

/** A text as it was in one turn. */
export interface Snapshot extends SavedText {
  readonly crc32: number;
  /** When the version was committed. */
  readonly committedMs: number;
}

/** The text of a file, byte order mark and line ends included (OT26). */
export async function readText(
  { files }: Pick<Platform, "files">,
  path: ReplPath,
  maxBytes: number,
): Promise<string> {
  const stat = await files.stat(path);
  if (stat !== undefined && stat.sizeBytes > maxBytes) throw tooLarge(maxBytes);
  const bytes = await files.read(path);
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes);
  const text = decodeUtf8(bytes);
  if (text === undefined || text.includes("\0")) {
    throw new RequestError("not-text", `${path}: not a text file`);
  }
  return text;
}

function missing(path: ReplPath): RequestError {
  return new RequestError("not-found", `${path}: no such file or directory`);
}

function isMissing(error: unknown): boolean {
  return error instanceof RequestError && error.code === "not-found";
}

function isConflict(error: unknown): boolean {
  return error instanceof RequestError && error.code === "conflict";
}
