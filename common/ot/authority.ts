import { RequestError } from "#common/lib/errors.ts";
import { History } from "./history.ts";
import { normalize, type Op, validate } from "./op.ts";
import type { Text } from "./text.ts";

/** An op as a client sends it. */
export interface Submission {
  /** The version of the text that `op` was made on. */
  readonly base: number;
  readonly op: Op;
  /** Who sends, for telling the nonces of different senders apart; any string will do. */
  readonly author: string;
  /** Equal whenever the same edit is sent again; 0 when the sender gives none. */
  readonly nonce: number;
}

/** What became of a submission. */
export interface Committed {
  /** The version that the op made. */
  readonly version: number;
  /** The op as committed, on the text of `version - 1`. Empty when nothing was left of it. */
  readonly op: Op;
  /** The same edit had been committed before; nothing has changed now. */
  readonly repeated: boolean;
}

/**
 * The host's half of collaborative editing: the one place where edits of a text are put in order.
 * It owns the text and every op since `oldest`; each op makes one version (OT6).
 */
export class Authority {
  readonly text: Text;
  #oldest: number;
  readonly #history = new History();
  readonly #authors: string[] = [];
  readonly #nonces: number[] = [];

  /** Starts with `text` as version `version`, and no op before it. Takes the text over. */
  constructor(text: Text, version: number) {
    this.text = text;
    this.#oldest = version;
  }

  /** The number of ops that made the text. */
  get version(): number {
    return this.#oldest + this.#history.length;
  }

  /** The oldest version that a submission can still be based on. */
  get oldest(): number {
    return this.#oldest;
  }

  /**
   * Puts a client's op behind all that it has not seen, at ties behind it in the text too (OT5).
   * An edit that its author sends again, knowing nothing of the first time, is recognised by its
   * nonce and not applied twice. Throws `RequestError` when the op cannot be placed; then nothing
   * has changed.
   */
  receive({ base, op, author, nonce }: Submission): Committed {
    if (!Number.isInteger(base) || base < 0 || base > this.version) {
      throw new RequestError("bad-request", `no version ${base} yet, it is ${this.version}`);
    }
    if (base < this.#oldest) throw new RequestError("conflict", "version too old");

    const seen = base - this.#oldest;
    const first = nonce === 0 ? -1 : this.#indexOf(author, nonce, seen);
    if (first >= 0) {
      return { version: this.#oldest + first + 1, op: this.#history.at(first), repeated: true };
    }
    validate(op, this.text.length - this.#history.deltaSince(seen));
    const placed = this.#history.carry(normalize(op), seen);
    return { version: this.commit(placed, author, nonce), op: placed, repeated: false };
  }

  /** Appends an op that was made on the text as it is now, and returns the version it makes. */
  commit(op: Op, author: string, nonce: number): number {
    this.text.apply(op);
    this.#history.push(op);
    this.#authors.push(author);
    this.#nonces.push(nonce);
    return this.version;
  }

  /** The op that made `version`, which is newer than `oldest`. */
  opOf(version: number): Op {
    if (version <= this.#oldest || version > this.version) {
      throw new RequestError("not-found", `version ${version} is not kept`);
    }
    return this.#history.at(version - this.#oldest - 1);
  }

  /** Forgets the ops up to and including `version`, which becomes the oldest base. */
  forget(version: number): void {
    const count = Math.min(version, this.version) - this.#oldest;
    if (count <= 0) return;
    this.#history.dropFirst(count);
    this.#authors.splice(0, count);
    this.#nonces.splice(0, count);
    this.#oldest += count;
  }

  #indexOf(author: string, nonce: number, from: number): number {
    for (let index = from; index < this.#nonces.length; index++) {
      if (this.#nonces[index] === nonce && this.#authors[index] === author) return index;
    }
    return -1;
  }
}
