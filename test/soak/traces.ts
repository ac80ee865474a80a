import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { crc32OfText } from "#common/ot/crc32.ts";
import { Text } from "#common/ot/text.ts";
import type { OpenDocument, TextChange } from "#protocol/document.ts";
import type { RunningHost } from "#test/helpers/host.ts";
import { toOp } from "../bench/textEngines.ts";
import type { Patch, Trace } from "../bench/traces.ts";
import { bringWriter, type Writer } from "./writer.ts";

/** Patches that a writer types before the others have their turn. */
const PATCHES_AT_ONCE = 5;

/** A writer who is further ahead of the container waits, so that all type among each other. */
const MAX_UNSENT = 50;

const PATIENCE_MS = 60_000;

export interface Replay {
  readonly host: RunningHost;
  /** The host's project on disk. */
  readonly folder: string;
  readonly trace: Trace;
  readonly writers: number;
}

export interface ReplayOutcome {
  /** Packets that each writer's edits became. */
  readonly packets: readonly number[];
  readonly characters: number;
}

/**
 * A recorded trace has one author. Here it is typed by several at once into one text: each types the
 * whole of it into a section of their own, at whatever place the others' typing has moved that to.
 * Throws unless all end with one text, whose sections are each the end of the trace, which has the
 * checksum that the container told, and which is the file on disk.
 */
export async function replayTogether(replay: Replay): Promise<ReplayOutcome> {
  const { host, folder, trace, writers: count } = replay;
  const path = `${trace.name}-${count}.txt`;
  const sections = (text: string): string =>
    Array.from({ length: count }, (_, i) => `${dividerOf(i)}${text}`).join("") + dividerOf(count);
  writeFileSync(join(folder, path), sections(trace.start));
  const writers: Writer[] = [];
  try {
    const section = sections("");
    const authors = new Map<number, number>();
    let checksum = 0;
    for (let i = 0; i < count; i++) {
      writers.push(await bringWriter({ host, seed: i + 1, path }));
    }
    const [first] = writers;
    if (first === undefined) throw new Error("nobody is here");
    first.document.onVersion((_version, packet) => {
      if (packet === undefined) return; // The checksum will tell.
      checksum = packet.crc32;
      authors.set(packet.userId, (authors.get(packet.userId) ?? 0) + 1);
    });
    await Promise.all(
      writers.map(({ document }, i) => {
        const start = section.indexOf(dividerOf(i)) + i * trace.start.length + dividerOf(i).length;
        return new SectionTypist(document, start, trace.start).type(trace.patches);
      }),
    );
    const expected = sections(trace.end);
    await settle(writers, expected);
    await first.document.flush();
    if (checksum !== crc32OfText(expected)) throw new Error("the container has another checksum");
    if (readFileSync(join(folder, path), "utf8") !== expected) {
      throw new Error("the file on disk is another");
    }
    return { packets: [...authors.values()], characters: expected.length };
  } finally {
    for (const writer of writers) writer.leave();
  }
}

/** Stands between sections, so that nobody types at the edge of another's. */
function dividerOf(section: number): string {
  return `\n---- ${section} ----\n`;
}

/** Types at places of a section, wherever that is by now. */
class SectionTypist {
  readonly #document: OpenDocument;
  readonly #section: Text;
  /** Where the section begins, in UTF-16 units of the whole text. */
  #start: number;

  constructor(document: OpenDocument, start: number, content: string) {
    this.#document = document;
    this.#start = start;
    this.#section = Text.from(content);
    document.onRemoteChanges((changes) => this.#move(changes));
  }

  async type(patches: readonly Patch[]): Promise<void> {
    for (const [index, patch] of patches.entries()) {
      this.#apply(patch);
      if (index % PATCHES_AT_ONCE === 0) await nextTurn();
      while (this.#isFarAhead()) await delay(1);
    }
  }

  #isFarAhead(): boolean {
    const { state } = this.#document;
    return "unsent" in state && state.unsent > MAX_UNSENT;
  }

  #apply(patch: Patch): void {
    const from = this.#section.codePointToUtf16(patch.position);
    const to = this.#section.codePointToUtf16(patch.position + patch.deleted);
    this.#section.apply(toOp(patch));
    this.#document.edit([
      { offset: this.#start + from, deleteLength: to - from, insert: patch.inserted },
    ]);
  }

  #move(changes: readonly TextChange[]): void {
    const start = this.#start;
    for (const { offset, deleteLength, insert } of changes) {
      if (offset < start) this.#start += insert.length - deleteLength;
    }
  }
}

async function settle(writers: readonly Writer[], expected: string): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  const isDone = ({ document: { state } }: Writer): boolean =>
    state.kind === "live" && state.unsent === 0;
  while (!writers.every(isDone) || writers.some(({ document }) => document.text() !== expected)) {
    if (performance.now() > giveUpMs) {
      throw new Error(writers.map(({ document }) => JSON.stringify(document.state)).join(", "));
    }
    await delay(10);
  }
}
