import { randomId, type Random } from "#common/lib/random.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { AppendLog, ReplPath, Storage } from "../../platform.ts";

interface Move {
  readonly from: ReplPath;
  readonly to: ReplPath;
}

type Entry = { readonly path: ReplPath; readonly id: string } | { readonly moves: readonly Move[] };

/**
 * Which history belongs to each path. A history has an id that renames do not change, so that it
 * keeps its thread; a removed file keeps its id for when it comes back.
 */
export class PathIndex {
  readonly #log: AppendLog;
  readonly #random: Random;
  readonly #ids = new Map<ReplPath, string>();
  /** Every id there has ever been: the histories of paths that were overwritten stay. */
  readonly #used = new Set<string>();

  private constructor(log: AppendLog, random: Random) {
    this.#log = log;
    this.#random = random;
  }

  static async open(storage: Storage, random: Random): Promise<PathIndex> {
    const index = new PathIndex(await storage.openLog("ot-paths"), random);
    for (const record of await index.#log.readAll()) {
      const entry = JSON.parse(decodeUtf8(record) ?? "") as Entry;
      if ("id" in entry) index.#add(entry.path, entry.id);
      else index.#apply(entry.moves);
    }
    // A crash may have come between an entry and its sync, and histories rely on it from now on.
    await index.#log.sync();
    return index;
  }

  /** The id of `path`, if it ever had a history. */
  find(path: ReplPath): string | undefined {
    return this.#ids.get(path);
  }

  /** Every path that has a history. */
  paths(): readonly ReplPath[] {
    return [...this.#ids.keys()];
  }

  /** The id of `path`, which gets one that lasts when it has none. */
  async idOf(path: ReplPath): Promise<string> {
    const known = this.#ids.get(path);
    if (known !== undefined) return known;
    const id = this.newId();
    await this.give(path, id);
    return id;
  }

  /** An id that no history has ever had. */
  newId(): string {
    let id = randomId(this.#random);
    while (this.#used.has(id)) id = randomId(this.#random);
    this.#used.add(id);
    return id;
  }

  /** Makes `id` the history of `path`, known at once, and for good when it resolves. */
  async give(path: ReplPath, id: string): Promise<void> {
    const before = this.#ids.get(path);
    this.#add(path, id);
    try {
      await this.#append({ path, id });
    } catch (error) {
      if (before === undefined) this.#ids.delete(path);
      else this.#ids.set(path, before);
      throw error;
    }
  }

  /** What a move of a file, or of a directory with all that is in it, does to the paths here. */
  movesOf(from: ReplPath, to: ReplPath): readonly Move[] {
    const moves: Move[] = [];
    for (const path of this.#ids.keys()) {
      if (path === from) moves.push({ from, to });
      else if (path.startsWith(`${from}/`)) {
        moves.push({ from: path, to: (to + path.slice(from.length)) as ReplPath });
      }
    }
    return moves;
  }

  /** Carries ids along; known at once, and for good when it resolves. */
  async move(moves: readonly Move[]): Promise<void> {
    if (moves.length === 0) return;
    this.#apply(moves);
    await this.#append({ moves });
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #add(path: ReplPath, id: string): void {
    this.#ids.set(path, id);
    this.#used.add(id);
  }

  #apply(moves: readonly Move[]): void {
    const ids = moves.map(({ from }) => this.#ids.get(from));
    for (const { from } of moves) this.#ids.delete(from);
    for (const [index, { to }] of moves.entries()) {
      const id = ids[index];
      if (id !== undefined) this.#ids.set(to, id);
    }
  }

  async #append(entry: Entry): Promise<void> {
    await this.#log.append(encodeUtf8(JSON.stringify(entry)));
    await this.#log.sync();
  }
}
