import { crc32 } from "node:zlib";
import * as Y from "yjs";
import { Authority } from "#common/ot/authority.ts";
import { lengthDelta, type Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { cpuMs } from "./measure.ts";
import { toOp } from "./textEngines.ts";
import type { Patch, Trace } from "./traces.ts";

/** What a server of two people typing at once receives, in the order in which it does. */
export interface Session {
  readonly submissions: readonly Submission[];
  /** The same edits as a Yjs server gets them, made knowing the same of each other. */
  readonly updates: readonly Uint8Array[];
  readonly start: Uint8Array;
  readonly end: string;
}

interface Submission {
  readonly author: string;
  readonly base: number;
  readonly op: Op;
}

/** Stands between the two, so that neither ever types at the edge of the other's text. */
const DIVIDER = "\n----\n";

/**
 * Two people in one text, the one typing `first` above the divider, the other `second` below it, by
 * turns. Each knows everything up to its own newest edit, so each edit is concurrent with one other.
 */
export function recordSession(first: Trace, second: Trace): Session {
  const origin = new Y.Doc();
  origin.getText().insert(0, DIVIDER);
  const start = Y.encodeStateAsUpdate(origin);
  const writers = [new Writer("first", first, start), new Writer("second", second, start)];
  const submissions: Submission[] = [];
  const updates: Uint8Array[] = [];
  const above: number[] = [0];
  for (let turn = 0; writers.some(({ isDone }) => !isDone); turn++) {
    const writer = writers[turn % 2];
    const patch = writer?.next();
    if (writer === undefined || patch === undefined) continue;
    const base = writer.known;
    const offset = writer === writers[0] ? 0 : (above[base] ?? 0) + DIVIDER.length;
    const op = toOp({ ...patch, position: patch.position + offset });
    submissions.push({ author: writer.name, base, op });
    updates.push(writer.type(patch, offset, updates));
    above.push((above.at(-1) ?? 0) + (writer === writers[0] ? lengthDelta(op) : 0));
  }
  return { submissions, updates, start, end: first.end + DIVIDER + second.end };
}

class Writer {
  readonly name: string;
  /** How many of the session's edits this one has seen. */
  known = 0;
  readonly #patches: readonly Patch[];
  readonly #doc = new Y.Doc();
  #done = 0;
  #update: Uint8Array = new Uint8Array();

  constructor(name: string, trace: Trace, start: Uint8Array) {
    this.name = name;
    this.#patches = trace.patches;
    Y.applyUpdate(this.#doc, start);
    this.#doc.on("update", (update: Uint8Array) => {
      this.#update = update;
    });
  }

  get isDone(): boolean {
    return this.#done === this.#patches.length;
  }

  next(): Patch | undefined {
    return this.#patches[this.#done];
  }

  /** Makes the next edit, `offset` behind the text's start, and then sees all before it. */
  type({ position, deleted, inserted }: Patch, offset: number, before: Uint8Array[]): Uint8Array {
    const text = this.#doc.getText();
    this.#doc.transact(() => {
      if (deleted > 0) text.delete(position + offset, deleted);
      if (inserted !== "") text.insert(position + offset, inserted);
    });
    const update = this.#update;
    for (const seen of before.slice(this.known)) Y.applyUpdate(this.#doc, seen);
    this.#done++;
    this.known = before.length + 1;
    return update;
  }
}

/** The authority's work: placing each op, the text and its checksum after it, and the history. */
export function serveOurs({ submissions, end }: Session): number {
  const authority = new Authority(Text.from(DIVIDER), 0);
  let checksum = 0;
  const ms = cpuMs(() => {
    let nonce = 0;
    for (const { author, base, op } of submissions) {
      authority.receive({ author, base, op, nonce: ++nonce });
      checksum = authority.text.crc32();
    }
  });
  check(authority.text.toString(), end);
  if (checksum !== crc32(end)) throw new Error("not the checksum of the text");
  return ms;
}

/** The work of a Yjs server that keeps the text. */
export function serveYjs({ start, updates, end }: Session): number {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, start);
  const ms = cpuMs(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  check(doc.getText().toJSON(), end);
  return ms;
}

function check(made: string, end: string): void {
  if (made !== end) throw new Error("not the text that it should be");
}
