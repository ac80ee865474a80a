import type { Cancel } from "#common/lib/clock.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import { parentOf } from "../../paths.ts";
import type { FileChange, Platform, ReplPath } from "../../platform.ts";
import type {
  DocumentsOwner,
  FileOperation,
  Moved,
  Repl,
  ServiceStart,
  Session,
} from "../../service.ts";
import type { Commit } from "./commit.ts";
import { readText, TextDocument } from "./document.ts";
import { PathIndex } from "./pathIndex.ts";
import { Timeline } from "./timeline.ts";
import { Watches } from "./watches.ts";

/**
 * How long a file that a program has moved may take to be there again. Editors save by moving the
 * old file away and writing a new one: that is a change and no move.
 */
const REPLACE_MS = 200;

/** Directories that are watched for texts that nobody has open. Each costs the system a little. */
const MAX_HOMES = 200;

/** A move that a program has made, unless it puts a new file where the other was. */
interface PerhapsMoved {
  readonly from: ReplPath;
  /** Decides it now. */
  readonly decide: () => void;
  readonly decided: Promise<void>;
}

interface OpenText {
  path: ReplPath;
  /** The path at which it is watched. */
  watched: ReplPath | undefined;
  /** How many have opened it and not released it. */
  users: number;
  readonly document: Promise<TextDocument>;
}

/** What can be seen of a text, open or not. */
type Past = Pick<Timeline, "version" | "fetch" | "copyTo">;

/** A text whose file is gone, and its newest commit. */
interface RemovedText {
  readonly path: ReplPath;
  readonly commit: Commit;
}

/** All texts of a repl: opens each once, however many channels show it, and follows its file. */
export class Library implements DocumentsOwner {
  readonly #platform: Platform;
  readonly #repl: Repl;
  readonly #maxBytes: number;
  readonly #watches: Watches;
  /** Files that are open are watched by name too, which has them found wherever they go. */
  readonly #openFiles: Watches;
  readonly #cancels: readonly Cancel[];
  readonly #open = new Map<ReplPath, OpenText>();
  readonly #textOf = new WeakMap<TextDocument, OpenText>();
  /** Watched until the end, as a text is also to be found that was moved while it was closed. */
  readonly #homes = new Set<ReplPath>();
  /** Texts that are letting go or being read alone, by id: until then they cannot be opened. */
  readonly #busy = new Map<string, Promise<void>>();
  /** By where it went. */
  readonly #perhapsMoved = new Map<ReplPath, PerhapsMoved>();
  /** What is being copied, by where to: until then nothing there can be opened. */
  readonly #copies = new Map<ReplPath, Promise<void>>();
  /** Moves and copies are made one after the other: each begins where the one before has ended. */
  #moving: Promise<void> = Promise.resolve();
  #index: Promise<PathIndex> | undefined;

  constructor({ platform, repl }: ServiceStart, maxBytes: number) {
    this.#platform = platform;
    this.#repl = repl;
    this.#maxBytes = maxBytes;
    this.#watches = new Watches(platform, (changes) => this.#changed(changes));
    this.#openFiles = new Watches(platform, () => {});
    this.#cancels = [
      repl.fileOperations.on((operation) => this.#followed(operation)),
      repl.documents.own(this),
    ];
  }

  /**
   * The text of a file; everyone who opens it must `release` it once. Rejects with `RequestError`
   * when the file is not there, is not text or is too large, and leaves no trace then.
   */
  async open(path: ReplPath): Promise<TextDocument> {
    const index = await this.#loadIndex();
    await this.#settle(path);
    for (const [to, copied] of this.#copies) if (isWithin(path, to)) await copied;
    let text = this.#open.get(path);
    if (text === undefined) {
      const file = await readText(this.#platform, path, this.#maxBytes);
      text = this.#open.get(path) ?? this.#load(index, path, file);
    }
    text.users++;
    try {
      return await text.document;
    } catch (error) {
      if (--text.users === 0) this.#remove(text);
      throw error;
    }
  }

  async release(document: TextDocument): Promise<void> {
    const text = this.#textOf.get(document);
    if (text === undefined || --text.users > 0) return;
    this.#remove(text);
    // It may wait for this before its last save.
    for (const { decide } of this.#departuresOf(text.path)) decide();
    await this.#alone(document.id, () => document.close());
  }

  /** The commits of the text that a path has, or had before its file was removed (OT33). */
  history(path: ReplPath, from: number, to: number): Promise<readonly Commit[]> {
    return this.#past(path, (past) => past.fetch(from, to));
  }

  /** The newest commit of each text whose file is not there any more, with its path (OT34). */
  async removed(): Promise<readonly RemovedText[]> {
    const removed: RemovedText[] = [];
    for (const path of (await this.#loadIndex()).paths()) {
      if ((await this.#platform.files.stat(path)) !== undefined) continue;
      const [commit] = await this.#past(path, async (past) =>
        past.version === 0 ? [] : past.fetch(past.version, past.version),
      );
      if (commit !== undefined) removed.push({ path, commit });
    }
    return removed;
  }

  /** Puts everything that was typed on disk, where that is possible. */
  async save(): Promise<void> {
    await this.#each(undefined, (document) => document.save());
  }

  /** Gives what is copied on disk the histories of what it is copied from (OT37). */
  async copy(copied: Moved, copyFiles: () => Promise<void>): Promise<void> {
    const { to } = copied;
    const index = await this.#loadIndex();
    const done = this.#moving.then(async () => {
      await copyFiles();
      for (const each of index.movesOf(copied.from, to)) await this.#copyHistory(index, each);
    });
    const settled = done.catch(() => undefined);
    this.#moving = settled;
    this.#copies.set(to, settled);
    try {
      await done;
    } finally {
      if (this.#copies.get(to) === settled) this.#copies.delete(to);
    }
  }

  /** Lets go of what is kept for all texts, when these are closed. */
  async close(): Promise<void> {
    for (const cancel of this.#cancels) cancel();
    for (const directory of this.#homes) this.#watches.release(directory);
    await Promise.all([...this.#perhapsMoved.keys()].map((path) => this.#settle(path)));
    await Promise.allSettled(this.#busy.values());
    const index = await this.#index?.catch(() => undefined);
    await index?.close();
  }

  #load(index: PathIndex, path: ReplPath, file: string): OpenText {
    const load = async (): Promise<TextDocument> => {
      const id = await index.idOf(path);
      await this.#busy.get(id);
      const document = await TextDocument.open(
        {
          id,
          path,
          platform: this.#platform,
          maxBytes: this.#maxBytes,
          tellPeople: (words) => this.#repl.toast(words),
          whereabouts: () => this.#whereabouts(text.path),
        },
        file,
      );
      this.#textOf.set(document, text);
      this.#follow(path);
      if (text.path !== path) document.moved(text.path);
      // What happened between the reading of the file and the start of the watch is found by a look.
      void this.#watch(text).then(() => document.check());
      return document;
    };
    const text: OpenText = { path, watched: undefined, users: 0, document: load() };
    this.#open.set(path, text);
    return text;
  }

  #remove(text: OpenText): void {
    if (this.#open.get(text.path) === text) this.#open.delete(text.path);
    this.#unwatch(text.watched);
    text.watched = undefined;
  }

  async #watch(text: OpenText): Promise<void> {
    const { path, watched } = text;
    if (watched === path) return;
    text.watched = path;
    const started = [this.#watches.use(parentOf(path)), this.#openFiles.use(path)];
    this.#unwatch(watched);
    await Promise.all(started);
  }

  #unwatch(watched: ReplPath | undefined): void {
    if (watched === undefined) return;
    this.#watches.release(parentOf(watched));
    this.#openFiles.release(watched);
  }

  /** Notices from now on where a text goes that is in a directory which is there, open or not. */
  #follow(path: ReplPath): void {
    const directory = parentOf(path);
    if (this.#homes.has(directory) || this.#homes.size >= MAX_HOMES) return;
    this.#homes.add(directory);
    void this.#watches.use(directory);
  }

  /** The same where a text has been before, and perhaps nothing is any more. */
  async #followAgain(path: ReplPath): Promise<void> {
    const directory = parentOf(path);
    if (this.#homes.has(directory)) return;
    const there = await this.#platform.files.stat(directory).catch(() => undefined);
    if (there !== undefined) this.#follow(path);
  }

  /** Looks at what a text has been. Nothing is opened for it, so that looking changes nothing. */
  async #past<T>(path: ReplPath, look: (past: Past) => Promise<T>): Promise<T> {
    const index = await this.#loadIndex();
    const open = this.#open.get(path);
    if (open !== undefined) return look(await open.document);
    const id = index.find(path);
    if (id === undefined) throw new RequestError("not-found", `${path}: no history`);
    return this.#alone(id, async () => {
      const init = { id, maxBytes: this.#maxBytes };
      const { timeline } = await Timeline.open(this.#platform, init);
      try {
        return await look(timeline);
      } finally {
        await timeline.close();
      }
    });
  }

  async #copyHistory(index: PathIndex, { from, to }: Moved): Promise<void> {
    // A text that is open where a file was copied to goes on with what that file holds.
    if (this.#open.has(to)) return;
    // What it holds tells at which version it was copied. Removed files have a history, and no copy.
    const text = await readText(this.#platform, to, this.#maxBytes).catch(() => undefined);
    if (text === undefined) return;
    const id = index.newId();
    if (await this.#past(from, (past) => past.copyTo(id, text))) await index.give(to, id);
  }

  /** Does something with a text that is not open. Whoever opens it meanwhile waits. */
  #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#busy.get(id) ?? Promise.resolve()).then(work);
    const busy = done
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        if (this.#busy.get(id) === busy) this.#busy.delete(id);
      });
    this.#busy.set(id, busy);
    return done;
  }

  #loadIndex(): Promise<PathIndex> {
    this.#index ??= PathIndex.open(this.#platform.storage, this.#platform.random).then(
      (index) => {
        for (const path of index.paths()) void this.#followAgain(path);
        return index;
      },
      (error: unknown) => {
        this.#index = undefined;
        throw error;
      },
    );
    return this.#index;
  }

  /** The files service has done something itself. */
  #followed(operation: FileOperation): void {
    switch (operation.kind) {
      case "wrote":
      case "removed":
        return this.#look(operation.path);
      case "moved":
        void this.#inTurn(() => this.#moved(operation, operation.by));
        return;
    }
  }

  /** Somebody has done something, perhaps we ourselves. */
  #changed(changes: readonly FileChange[]): void {
    for (const change of changes) {
      this.#look(change.path);
      if (change.kind !== "moved") continue;
      this.#look(change.to);
      this.#waitForReplacement(change.path, change.to);
    }
  }

  #waitForReplacement(origin: ReplPath, to: ReplPath): void {
    // What has gone on before it was decided has gone all the way.
    const before = this.#perhapsMoved.get(origin);
    const from = before?.from ?? origin;
    this.#perhapsMoved.delete(origin);
    let resolve = (): void => undefined;
    const due = new Promise<void>((done) => (resolve = done));
    const cancel = this.#platform.clock.after(REPLACE_MS, resolve);
    const decided = due.then(() => {
      cancel();
      return this.#inTurn(() => this.#decide(from, to, perhaps));
    });
    const perhaps: PerhapsMoved = { from, decide: resolve, decided };
    this.#perhapsMoved.set(to, perhaps);
    before?.decide();
  }

  async #decide(from: ReplPath, to: ReplPath, perhaps: PerhapsMoved): Promise<void> {
    if (this.#perhapsMoved.get(to) !== perhaps) return;
    const { files } = this.#platform;
    const [old, there] = await Promise.all([files.stat(from), files.stat(to)]);
    // Another may have come or gone on meanwhile.
    if (this.#perhapsMoved.get(to) !== perhaps) return;
    this.#perhapsMoved.delete(to);
    if (old === undefined && there !== undefined) await this.#moved({ from, to });
  }

  /** Decides now whether a program has moved a file to a path. */
  async #settle(path: ReplPath): Promise<void> {
    const perhaps = this.#perhapsMoved.get(path);
    perhaps?.decide();
    await perhaps?.decided;
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#moving = this.#moving.then(work).catch((error: unknown) => {
      this.#platform.log.error(`a move is not followed: ${messageOf(error)}`, { service: "ot" });
    });
    return this.#moving;
  }

  #departuresOf(path: ReplPath): readonly PerhapsMoved[] {
    return [...this.#perhapsMoved.values()].filter(({ from }) => isWithin(path, from));
  }

  /** Resolves when it is decided whether a program has moved what is missing at `path`. */
  async #whereabouts(path: ReplPath): Promise<void> {
    await this.#platform.files.caughtUp();
    await Promise.all(this.#departuresOf(path).map(({ decided }) => decided));
  }

  /** Histories follow their files, and open texts too. */
  async #moved({ from, to }: Moved, by?: Session): Promise<void> {
    try {
      const index = await this.#loadIndex();
      const all = index.movesOf(from, to);
      const leaving = new Set(all.map((move) => move.from));
      // A text that is open where another file was moved to goes on with what that file holds.
      const moves = all.filter((move) => leaving.has(move.to) || !this.#open.has(move.to));
      const texts = moves.map((move) => ({ text: this.#open.get(move.from), to: move.to }));
      for (const { text } of texts) if (text !== undefined) this.#open.delete(text.path);
      for (const { text, to: path } of texts) if (text !== undefined) this.#rename(text, path);
      await index.move(moves);
      for (const move of moves) this.#follow(move.to);
      if (moves.length > 0) this.#repl.moves.emit({ from, to, files: moves, by });
    } catch (error) {
      this.#platform.log.error(`history of ${from} stays there: ${messageOf(error)}`);
    }
    this.#look(from);
    this.#look(to);
  }

  #rename(text: OpenText, path: ReplPath): void {
    text.path = path;
    this.#open.set(path, text);
    void this.#each(path, (document) => {
      document.moved(path);
      return this.#watch(text);
    });
  }

  /** Something is different at a path, or at the directory that it is. */
  #look(path: ReplPath): void {
    void this.#each(path, (document) => document.check());
  }

  /** Does something to every open text at `path` or below it, or to all. */
  async #each(
    path: ReplPath | undefined,
    work: (document: TextDocument) => void | Promise<void>,
  ): Promise<void> {
    const texts = [...this.#open.values()].filter(
      (text) => path === undefined || isWithin(text.path, path),
    );
    await Promise.allSettled(texts.map(async ({ document }) => work(await document)));
  }
}

function isWithin(path: ReplPath, directory: ReplPath): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
