import { crc32 } from "node:zlib";
import { type as textUnicode } from "ot-text-unicode";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { codePointLength, transformOp } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { medians, cpuMs } from "./measure.ts";
import { mergeRows } from "./merge.ts";
import type { BenchRow } from "./row.ts";
import { recordSession, serveOurs, serveYjs } from "./session.ts";
import {
  estimateTextUnicode,
  runDiamondTypes,
  runOurs,
  runYjs,
  toOp,
  toTextUnicode,
  toUtf16,
} from "./textEngines.ts";
import { loadTrace, type Patch, type Trace, type TraceName } from "./traces.ts";

/** The text engine and the algebra. `scale` below 1 takes that part of each work, for tests. */
export async function rows({ scale = 1 } = {}): Promise<BenchRow[]> {
  const load = (name: TraceName): Trace => loadTrace(name, scale < 1 ? 50_000 * scale : Infinity);
  const paper = load("automerge-paper");
  const component = load("sveltecomponent");
  const post = load("json-crdt-blog-post");
  return Promise.resolve([
    traceRow(paper),
    traceRow(component),
    traceRow(post),
    randomRow(scale),
    checksumRow(paper),
    transformRow(scale),
    serverRow(component, post),
    ...mergeRows(scale),
  ]);
}

function traceRow({ name, start, end, patches }: Trace): BenchRow {
  const isLong = patches.length > 100_000;
  const coldMs = runOurs(start, patches, end);
  const ms = {
    ...medians(isLong ? 11 : 31, {
      ours: () => runOurs(start, patches, end),
      diamondTypes: () => runDiamondTypes(start, patches, end),
    }),
    ...medians(isLong ? 3 : 9, { yjs: () => runYjs(start, patches, end) }),
  };
  const nth = isLong ? 50 : 5;
  const unicodeMs = estimateTextUnicode(start, patches, nth);
  const isGoal = name === "automerge-paper";
  return {
    group: "ot",
    work: `${name}, each of ${count(patches.length)} edits an op, history kept, text and checksum`,
    ours: ms.ours,
    unit: "ms of CPU",
    peers: [
      { name: "diamond-types", value: ms.diamondTypes },
      { name: "Yjs", value: ms.yjs },
      { name: "ot-text-unicode", value: unicodeMs },
    ],
    goal: isGoal
      ? "≥ 50 times Yjs, ≥ 500 times ot-text-unicode, ahead of diamond-types"
      : "ahead of all",
    met: isGoal
      ? ms.yjs / ms.ours >= 50 && unicodeMs / ms.ours >= 500 && ms.diamondTypes > ms.ours
      : Math.min(ms.yjs, unicodeMs, ms.diamondTypes) > ms.ours,
    note:
      `ot-text-unicode: every ${nth}th stretch of 50 edits was run, the sum extrapolated; ` +
      `ours took ${coldMs.toFixed(0)} ms the first time`,
  };
}

function randomRow(scale: number): BenchRow {
  const edits = Math.ceil(100_000 * scale);
  const start = randomText(1_000_000 * scale);
  const patches = randomPatches(codePointLength(start), edits);
  // Three engines of different make have to end in this one text.
  const { end, patches: utf16 } = toUtf16(start, patches);
  const ms = medians(15, {
    ours: () => runOurs(start, patches, end),
    diamondTypes: () => runDiamondTypes(start, patches, end),
  });
  const yjsMs = runYjs(start, utf16, end);
  const perEdit = 1000 / edits;
  return {
    group: "ot",
    work: `${count(edits)} random edits of a 1 MB text with emoji, each an op, history kept`,
    ours: ms.ours * perEdit,
    unit: "µs an edit",
    peers: [
      { name: "diamond-types", value: ms.diamondTypes * perEdit },
      { name: "Yjs", value: yjsMs * perEdit },
    ],
    goal: "≤ 1.5 µs, ≥ 150 times Yjs",
    met: ms.ours * perEdit <= 1.5 && yjsMs / ms.ours >= 150,
    note: "taking the text in and giving it out is included; Yjs ran once, the others 15 times",
  };
}

function checksumRow({ start, end, patches }: Trace): BenchRow {
  const nth = 100;
  const ms = medians(3, {
    ours: () => {
      const text = Text.from(start);
      let checksum = 0;
      const ms = cpuMs(() => {
        for (const { position, deleted, inserted } of patches) {
          text.splice(position, deleted, inserted);
          checksum = text.crc32();
        }
      });
      if (checksum !== crc32(end)) throw new Error("not the checksum of the text");
      return ms;
    },
    zlib: () => {
      const text = Text.from(start);
      let ms = 0;
      for (const [index, { position, deleted, inserted }] of patches.entries()) {
        text.splice(position, deleted, inserted);
        if (index % nth !== 0) continue;
        const whole = text.toString();
        ms += cpuMs(() => crc32(whole));
      }
      return ms * nth;
    },
  });
  return {
    group: "ot",
    work: "automerge-paper, edits and the checksum of the whole text after each",
    ours: (ms.ours * 1000) / patches.length,
    unit: "µs an edit",
    peers: [{ name: "zlib's crc32 of the string", value: (ms.zlib * 1000) / patches.length }],
    goal: "≥ 10 times zlib",
    met: ms.zlib / ms.ours >= 10,
    note: `zlib: after every ${nth}th edit, the checksum alone, the sum extrapolated`,
  };
}

function transformRow(scale: number): BenchRow {
  const ops = randomPatches(2000, Math.ceil(20_000 * scale)).map(toOp);
  const foreign = ops.map(toTextUnicode);
  const rounds = 10;
  const ms = medians(9, {
    ours: () => cpuMs(() => eachPair(rounds, ops, (a, b) => transformOp(a, b, "right"))),
    textUnicode: () =>
      cpuMs(() => eachPair(rounds, foreign, (a, b) => textUnicode.transform(a, b, "right"))),
  });
  const perOp = 1_000_000 / (rounds * (ops.length - 1));
  return {
    group: "ot",
    work: "transforming one op against another, single inserts and deletes",
    ours: ms.ours * perOp,
    unit: "ns",
    peers: [{ name: "ot-text-unicode", value: ms.textUnicode * perOp }],
    goal: "≥ 3 times ot-text-unicode",
    met: ms.textUnicode / ms.ours >= 3,
    note: "both make a new op of each pair: what is left of the time is the allocation",
  };
}

/** Calls `visit` for each two neighbours. */
function eachPair<T>(rounds: number, items: readonly T[], visit: (a: T, b: T) => void): void {
  for (let round = 0; round < rounds; round++) {
    let previous: T | undefined;
    for (const item of items) {
      if (previous !== undefined) visit(previous, item);
      previous = item;
    }
  }
}

function serverRow(first: Trace, second: Trace): BenchRow {
  const session = recordSession(first, second);
  const ms = medians(5, {
    ours: () => serveOurs(session),
    yjs: () => serveYjs(session),
  });
  return {
    group: "ot",
    work: `the server of two writers, ${count(session.updates.length)} concurrent edits, checksums`,
    ours: ms.ours,
    unit: "ms of CPU",
    peers: [{ name: "Yjs, no checksums", value: ms.yjs }],
    goal: "≥ 3 times Yjs",
    met: ms.yjs / ms.ours >= 3,
    note: "ours keeps the checksum of the text after each edit, which Yjs has not",
  };
}

/** Words, lines and an emoji now and then. */
function randomText(length: number): string {
  const random = mulberry32(1);
  const parts = ["a", "e", "i", "lorem ", "ipsum ", "dolor ", ", ", "\n", "😀"];
  let text = "";
  while (text.length < length) text += parts[randomBelow(random, parts.length)] ?? "";
  return text;
}

/** Edits of a few characters anywhere in a text of `length` code points: 6 inserts to 4 deletes. */
function randomPatches(length: number, amount: number, seed = 2): Patch[] {
  const random = mulberry32(seed);
  const inserts = ["x", "yz", "new", "😀"];
  let left = length;
  return Array.from({ length: amount }, () => {
    const position = randomBelow(random, left);
    const isDelete = left > 4 && random() < 0.4;
    const deleted = isDelete ? Math.min(1 + randomBelow(random, 4), left - position) : 0;
    const inserted = isDelete ? "" : (inserts[randomBelow(random, inserts.length)] ?? "");
    left += codePointLength(inserted) - deleted;
    return { position, deleted, inserted };
  });
}

function count(amount: number): string {
  return amount.toLocaleString("en");
}
