import { RequestError } from "#common/lib/errors.ts";
import { lengthDelta, normalize, type Op, transformOp, validate } from "./op.ts";
import type { Text } from "./text.ts";

/** An op as a client sends it. */
export interface Submission {
  /** The version of the text that `op` was made on. */
  readonly base: number;
  readonly op: Op;
  /** Who sends, for telling the nonces of different senders apart; any string will do. */
  readonly author: string;
  /** Equal whenever the same edit is sent again; empty when the sender has none. */
  readonly nonce: string;
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
  readonly #ops: Op[] = [];
  readonly #authors: string[] = [];
  readonly #nonces: string[] = [];

  /** Starts with `text` as version `version`, and no op before it. Takes the text over. */
  constructor(text: Text, version: number) {
    this.text = text;
    this.#oldest = version;
  }

  /** The number of ops that made the text. */
  get version(): number {
    return this.#oldest + this.#ops.length;
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

    let lengthThen = this.text.length;
    for (let version = this.version; version > base; version--) {
      const index = version - this.#oldest - 1;
      if (nonce !== "" && this.#nonces[index] === nonce && this.#authors[index] === author) {
        return { version, op: this.opOf(version), repeated: true };
      }
      lengthThen -= lengthDelta(this.opOf(version));
    }
    validate(op, lengthThen);

    let placed = normalize(op);
    for (let version = base + 1; version <= this.version; version++) {
      placed = transformOp(placed, this.opOf(version), "right");
    }
    return { version: this.commit(placed, author, nonce), op: placed, repeated: false };
  }

  /** Appends an op that was made on the text as it is now, and returns the version it makes. */
  commit(op: Op, author: string, nonce: string): number {
    this.text.apply(op);
    this.#ops.push(op);
    this.#authors.push(author);
    this.#nonces.push(nonce);
    return this.version;
  }

  /** The op that made `version`, which is newer than `oldest`. */
  opOf(version: number): Op {
    const op = this.#ops[version - this.#oldest - 1];
    if (op === undefined) throw new RequestError("not-found", `version ${version} is not kept`);
    return op;
  }

  /** Forgets the ops up to and including `version`, which becomes the oldest base. */
  forget(version: number): void {
    const count = Math.min(version, this.version) - this.#oldest;
    if (count <= 0) return;
    this.#ops.splice(0, count);
    this.#authors.splice(0, count);
    this.#nonces.splice(0, count);
    this.#oldest += count;
  }
}
