import * as Y from "yjs";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { composeAll, type Op, transform } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { cpuMs, medians } from "./measure.ts";
import type { BenchRow } from "./row.ts";
import { toOp } from "./textEngines.ts";
import type { Patch } from "./traces.ts";

const EDITS = 10_000;
const TEXT_LENGTH = 100_000;

/** Two people have each edited a text without the other: what it takes one to take the other's in. */
export function mergeRows(scale: number): readonly BenchRow[] {
  const edits = Math.ceil(EDITS * scale);
  const text = "all work and no play\n".repeat(Math.ceil((TEXT_LENGTH * scale) / 21));
  const [mine, theirs] = [words(text.length, edits, 3), words(text.length, edits, 4)];
  const ours = { text, mine: mine.map(toOp), theirs: theirs.map(toOp) };
  const yjs = yjsOffline(text, mine, theirs);
  checkOurs(ours);
  const ms = medians(21, {
    ours: () => {
      const editor = edited(ours);
      return cpuMs(() => merge(editor, ours.theirs));
    },
    yjs: () => {
      const doc = docOf(yjs.mine);
      return cpuMs(() => Y.applyUpdate(doc, yjs.update));
    },
  });
  const work = `${edits.toLocaleString("en")} offline edits merged with as many remote ones`;
  const rows: BenchRow[] = [
    {
      group: "ot",
      work,
      ours: ms.ours,
      unit: "ms of CPU",
      peers: [{ name: "Yjs", value: ms.yjs }],
      goal: "ahead of Yjs",
      met: ms.ours < ms.yjs,
      note: "words and deletions anywhere in 100 KB; theirs is a list of packets, Yjs has it as one update",
    },
  ];
  const { gc } = globalThis;
  if (gc === undefined) return rows;
  const kb = {
    ours: retainedKb(gc, () => {
      const editor = edited(ours);
      merge(editor, ours.theirs);
      return editor;
    }),
    yjs: retainedKb(gc, () => {
      const doc = docOf(yjs.mine);
      Y.applyUpdate(doc, yjs.update);
      return doc;
    }),
  };
  rows.push({
    group: "ot",
    work: `${work}, memory of text and edits afterwards`,
    ours: kb.ours,
    unit: "KB",
    peers: [{ name: "Yjs", value: kb.yjs }],
    goal: "less than Yjs",
    met: kb.ours < kb.yjs,
  });
  return rows;
}

interface Offline {
  readonly text: string;
  readonly mine: readonly Op[];
  readonly theirs: readonly Op[];
}

interface Editor {
  readonly text: Text;
  /** What the others lack: made on the text that they had, then on the one they have. */
  unsent: Op;
}

function edited({ text, mine }: Offline): Editor {
  const editor = { text: Text.from(text), unsent: composeAll(mine) };
  editor.text.apply(editor.unsent);
  return editor;
}

function merge(editor: Editor, theirs: readonly Op[]): void {
  const [arrived, unsent] = transform(composeAll(theirs), editor.unsent);
  editor.text.apply(arrived);
  editor.unsent = unsent;
}

/** The one who stayed has to come to the same text by what is sent. */
function checkOurs(offline: Offline): void {
  const merged = edited(offline);
  merge(merged, offline.theirs);
  const stayed = Text.from(offline.text);
  for (const op of offline.theirs) stayed.apply(op);
  stayed.apply(merged.unsent);
  if (stayed.toString() !== merged.text.toString()) throw new Error("the texts differ");
}

interface YjsOffline {
  /** The state of the one who was away. */
  readonly mine: Uint8Array;
  /** What it lacks. */
  readonly update: Uint8Array;
}

function yjsOffline(text: string, mine: readonly Patch[], theirs: readonly Patch[]): YjsOffline {
  const origin = new Y.Doc();
  origin.getText().insert(0, text);
  const start = Y.encodeStateAsUpdate(origin);
  const [first, second] = [mine, theirs].map((patches) => {
    const doc = docOf(start);
    for (const patch of patches) typeInto(doc, patch);
    return doc;
  });
  if (first === undefined || second === undefined) throw new Error("two are merged");
  const update = Y.encodeStateAsUpdate(second, Y.encodeStateVector(first));
  return { mine: Y.encodeStateAsUpdate(first), update };
}

function docOf(state: Uint8Array): Y.Doc {
  const doc = new Y.Doc();
  doc.getText();
  Y.applyUpdate(doc, state);
  return doc;
}

function typeInto(doc: Y.Doc, { position, deleted, inserted }: Patch): void {
  const text = doc.getText();
  if (deleted > 0) text.delete(position, deleted);
  if (inserted !== "") text.insert(position, inserted);
}

/** Made at a time, so that a last one that V8 has not forgotten yet hardly counts. */
const COPIES = 16;

/** Kilobytes that what `make` returns takes while it is kept. */
function retainedKb(gc: NodeJS.GCFunction, make: () => object): number {
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  make();
  const before = used();
  const kept = Array.from({ length: COPIES }, make);
  const bytes = used() - before;
  return bytes / kept.length / 1024;
}

/** Single characters of words typed on at random places, and deletions now and then. */
function words(length: number, amount: number, seed: number): readonly Patch[] {
  const random = mulberry32(seed);
  const patches: Patch[] = [];
  let left = length;
  while (patches.length < amount) {
    const position = randomBelow(random, left - 10);
    const size = 1 + randomBelow(random, 8);
    if (random() < 0.2) {
      patches.push({ position, deleted: size, inserted: "" });
      left -= size;
      continue;
    }
    for (let typed = 0; typed < size && patches.length < amount; typed++, left++) {
      patches.push({ position: position + typed, deleted: 0, inserted: "x" });
    }
  }
  return patches;
}
