import { createHash } from "node:crypto";
import { readdirSync, realpathSync, statSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type { DescribedRepl, Persistence } from "#common/wire/token.ts";
import type { Container } from "../container.ts";
import type { Home } from "./home.ts";
import { readOwnFile, writeOwnFile } from "./ownFile.ts";
import { describeProject } from "./project.ts";
import type { Grant } from "./tokens.ts";

/** What a host knows of a repl, whether anybody is in it or not. */
export interface ReplRecord {
  readonly id: string;
  readonly slug: string;
  readonly language: string;
  /** Where its files are. */
  readonly folder: string;
  /** The user's own folder, which is opened; or the host's, which a token made. */
  readonly kind: "opened" | "made";
  readonly persistence: Persistence;
}

/**
 * How long a repl that a token made goes on without anybody in it. Long enough to come back from a
 * break to a running program; short enough that forgotten ones do not fill the machine.
 */
const IDLE_MS = 10 * 60_000;

export interface ReplsOptions {
  readonly home: Home;
  readonly clock: Clock;
  readonly log: Logger;
  /** Brings a container to life for a repl that nobody is in yet. */
  readonly start: (record: ReplRecord) => Promise<Container>;
}

/** A repl that is open here. */
interface Entry {
  record: ReplRecord;
  container: Container | undefined;
  cancelIdle: Cancel;
}

/** The repls of one host: which there are, which have a container, and what becomes of them (TK10). */
export class Repls {
  readonly #options: ReplsOptions;
  readonly #entries = new Map<string, Entry>();
  /** The end of the last thing that was done to each repl: one at a time. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: ReplsOptions) {
    this.#options = options;
  }

  /** Removes what was to vanish and could not, because the host was killed. */
  async sweep(): Promise<void> {
    for (const id of idsIn(this.#options.home.replFolder(""))) {
      if (readRecord(this.#options.home, id)?.persistence === "none") await this.#remove(id);
    }
  }

  /** Opens a folder of the user's; answers with a sentence when it cannot be. */
  async openFolder(wanted: string): Promise<Result<ReplRecord, string>> {
    const { home } = this.#options;
    const folder = directoryAt(wanted);
    if (folder === undefined) return fail(`${wanted} is not a folder.`);
    const homeFolder = realpathSync(home.directory);
    if (contains(folder, homeFolder) || contains(path.join(homeFolder, "repls"), folder)) {
      return fail(
        `${folder} holds Tandem's own data, which nobody you invite may see. ` +
          "Open another folder, or keep the data elsewhere with --home.",
      );
    }
    const { language } = await describeProject(folder);
    const record: ReplRecord = {
      id: idOfFolder(folder),
      slug: path.basename(folder) || "project",
      language,
      folder,
      kind: "opened",
      persistence: "persistent",
    };
    writeRecord(home, record);
    this.#entries.set(record.id, { record, container: undefined, cancelIdle: () => {} });
    return ok(record);
  }

  /** The repl of that id, if it is open. */
  find(id: string): ReplRecord | undefined {
    return this.#entries.get(id)?.record;
  }

  /**
   * Lets somebody into the container that a grant is for, which is made and started when need be;
   * or says why there is none. `enter` connects; nothing can end the container before it has.
   */
  admit(grant: Grant, enter: (container: Container) => void): Promise<Result<void, string>> {
    return this.#inTurn(grant.repl.id, async () => {
      const found = await this.#entryFor(grant);
      if (!found.ok) return found;
      const entry = found.value;
      this.#rectify(entry, grant.persistence);
      const container = (entry.container ??= await this.#start(entry));
      entry.cancelIdle();
      enter(container);
      if (container.sessions.size === 0) this.#idle(entry, container);
      return ok(undefined);
    });
  }

  /** The container of a repl that is open here, which is started when need be. */
  containerOf(id: string): Promise<Container | undefined> {
    return this.#inTurn(id, async () => {
      const entry = this.#entries.get(id);
      if (entry === undefined || entry.container !== undefined) return entry?.container;
      entry.container = await this.#start(entry);
      this.#idle(entry, entry.container);
      return entry.container;
    });
  }

  /** Sends everyone away and frees all; repls that keep nothing are gone afterwards. */
  async close(): Promise<void> {
    const all = [...this.#entries.keys()];
    await Promise.all(all.map((id) => this.#inTurn(id, () => this.#retire(id))));
  }

  async #entryFor({ repl, persistence }: Grant): Promise<Result<Entry, string>> {
    const known = this.#entries.get(repl.id) ?? this.#wake(repl.id);
    if (known !== undefined) return ok(known);
    if (repl.kind === "id") return fail("the token is for a repl that is not known here");
    return this.#make(repl, persistence);
  }

  /** A repl that was made earlier and has no container now. */
  #wake(id: string): Entry | undefined {
    const record = readRecord(this.#options.home, id);
    if (record?.kind !== "made") return undefined;
    return this.#add(record);
  }

  async #make(repl: DescribedRepl, persistence: Persistence): Promise<Result<Entry, string>> {
    const { home } = this.#options;
    const isFolder = readRecord(home, repl.id) !== undefined;
    if (isFolder) return fail("the token is for a folder that is not open");
    const folder = path.join(home.replFolder(repl.id), "files");
    // There are files already when an ephemeral repl comes back: they are its own by now.
    if (repl.sourceRepl !== "" && directoryAt(folder) === undefined) {
      const source =
        this.#entries.get(repl.sourceRepl)?.record ?? readRecord(home, repl.sourceRepl);
      if (source === undefined) return fail("the token's source repl is not known here");
      await cp(source.folder, folder, { recursive: true, verbatimSymlinks: true });
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const language = repl.language || (await describeProject(folder)).language;
    const slug = repl.slug || repl.id;
    const record = { id: repl.id, slug, language, folder, kind: "made", persistence } as const;
    writeRecord(home, record);
    return ok(this.#add(record));
  }

  #add(record: ReplRecord): Entry {
    const entry: Entry = { record, container: undefined, cancelIdle: () => {} };
    this.#entries.set(record.id, entry);
    return entry;
  }

  /** The last token says how long the repl lives. A folder of the user's always stays. */
  #rectify(entry: Entry, persistence: Persistence): void {
    if (entry.record.kind === "opened" || entry.record.persistence === persistence) return;
    entry.record = { ...entry.record, persistence };
    writeRecord(this.#options.home, entry.record);
  }

  async #start(entry: Entry): Promise<Container> {
    const container = await this.#options.start(entry.record);
    container.onEmpty(() => this.#idle(entry, container));
    return container;
  }

  /** Nobody is in it. The user's own folder is served as long as the host runs. */
  #idle(entry: Entry, container: Container): void {
    const { clock, log } = this.#options;
    if (entry.record.kind === "opened") return;
    const { id, persistence } = entry.record;
    const vanishes = persistence === "none" && !container.keptAlive;
    entry.cancelIdle();
    entry.cancelIdle = clock.after(vanishes ? 0 : IDLE_MS, () => {
      this.#inTurn(id, async () => {
        if (container.keptAlive) this.#idle(entry, container);
        else if (container.sessions.size === 0) await this.#retire(id);
      }).catch((error: unknown) =>
        log.error(`a repl did not end: ${messageOf(error)}`, { tag: "invariant", repl: id }),
      );
    });
  }

  async #retire(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.cancelIdle();
    await entry.container?.close();
    this.#entries.delete(id);
    switch (entry.record.persistence) {
      case "none":
        return this.#remove(id);
      case "ephemeral":
        // The files stay, the way to them does not: only a token that describes it opens it again.
        return rm(recordFile(this.#options.home, id), { force: true });
      case "persistent":
        return;
    }
  }

  #remove(id: string): Promise<void> {
    return rm(this.#options.home.replFolder(id), { recursive: true, force: true });
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const done = (this.#turns.get(id) ?? Promise.resolve()).then(work, work);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#turns.set(id, settled);
    void settled.then(() => {
      if (this.#turns.get(id) === settled) this.#turns.delete(id);
    });
    return done;
  }
}

/** The same folder has the same id for ever, and another home gives away nothing about it. */
function idOfFolder(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 32);
}

function directoryAt(wanted: string): string | undefined {
  try {
    const folder = realpathSync(wanted);
    return statSync(folder).isDirectory() ? folder : undefined;
  } catch {
    return undefined;
  }
}

function contains(folder: string, inner: string): boolean {
  const relative = path.relative(folder, inner);
  return relative === "" || !(relative.startsWith("..") || path.isAbsolute(relative));
}

function idsIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function recordFile(home: Home, id: string): string {
  return path.join(home.replFolder(id), "repl.json");
}

function readRecord(home: Home, id: string): ReplRecord | undefined {
  const text = readOwnFile(recordFile(home, id));
  return text === undefined ? undefined : (JSON.parse(text) as ReplRecord);
}

function writeRecord(home: Home, record: ReplRecord): void {
  writeOwnFile(recordFile(home, record.id), JSON.stringify(record));
}
