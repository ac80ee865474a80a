import type * as DiamondTypes from "diamond-types-node";
import { createRequire } from "node:module";
import { crc32 } from "node:zlib";
import { type TextOp, type as textUnicode } from "ot-text-unicode";
import * as Y from "yjs";
import { History } from "#common/ot/history.ts";
import type { Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { cpuMs } from "./measure.ts";
import type { Patch } from "./traces.ts";

// Its WebAssembly lies beside its code, so it cannot be bundled.
const { Doc } = createRequire(import.meta.url)("diamond-types-node") as typeof DiamondTypes;

interface Made {
  readonly text: string;
  readonly checksum: number;
}

/**
 * Milliseconds that `work` takes to apply every patch by itself, keep the history and give out the
 * text with its checksum. Throws when the text is not `end`.
 */
function measure(work: () => Made, end: string): number {
  let made: Made | undefined;
  const ms = cpuMs(() => {
    made = work();
  });
  check(made, end);
  return ms;
}

export function runOurs(start: string, patches: readonly Patch[], end: string): number {
  return measure(() => applyOurs(start, patches), end);
}

/** Its positions are UTF-16 units, and so must those of the patches be. */
export function runYjs(start: string, patches: readonly Patch[], end: string): number {
  return measure(() => applyYjs(start, patches), end);
}

export function runDiamondTypes(start: string, patches: readonly Patch[], end: string): number {
  return measure(() => applyDiamondTypes(start, patches), end);
}

// Functions of their own, because V8 forgets what it learnt about those made for one call.

function applyOurs(start: string, patches: readonly Patch[]): Made {
  const text = Text.from(start);
  const history = new History();
  for (const patch of patches) {
    const op = toOp(patch);
    text.apply(op);
    history.push(op);
  }
  return { text: text.toString(), checksum: text.crc32() };
}

function applyYjs(start: string, patches: readonly Patch[]): Made {
  const shared = new Y.Doc().getText();
  shared.insert(0, start);
  for (const { position, deleted, inserted } of patches) {
    if (deleted > 0) shared.delete(position, deleted);
    if (inserted !== "") shared.insert(position, inserted);
  }
  const text = shared.toJSON();
  return { text, checksum: crc32(text) };
}

function applyDiamondTypes(start: string, patches: readonly Patch[]): Made {
  const doc = new Doc("bench");
  if (start !== "") doc.ins(0, start);
  for (const { position, deleted, inserted } of patches) {
    if (deleted > 0) doc.del(position, deleted);
    if (inserted !== "") doc.ins(position, inserted);
  }
  const text = doc.get();
  doc.free();
  return { text, checksum: crc32(text) };
}

/**
 * What `ot-text-unicode`, which writes the whole text anew for each op, would take: of every `nth`
 * stretch of patches it does all, the other stretches are done by our engine and taken to be alike.
 */
export function estimateTextUnicode(start: string, patches: readonly Patch[], nth: number): number {
  const stretchLength = 50;
  const text = Text.from(start);
  let ms = 0;
  let timed = 0;
  for (let from = 0; from < patches.length; from += stretchLength) {
    const stretch = patches.slice(from, from + stretchLength);
    const isTimed = (from / stretchLength) % nth === 0;
    const before = isTimed ? text.toString() : "";
    for (const patch of stretch) text.apply(toOp(patch));
    if (!isTimed) continue;
    let made = before;
    const ops = stretch.map((patch) => toTextUnicode(toOp(patch)));
    ms += cpuMs(() => {
      for (const op of ops) made = textUnicode.apply(made, op);
    });
    timed += stretch.length;
    check({ text: made, checksum: crc32(made) }, text.toString());
  }
  return (ms * patches.length) / timed;
}

/** A patch as an op; its insert, if it has one, before its delete, as composing puts them. */
export function toOp({ position, deleted, inserted }: Patch): Op {
  if (deleted === 0) return position === 0 ? [inserted] : [position, inserted];
  if (inserted === "") return position === 0 ? [-deleted] : [position, -deleted];
  return position === 0 ? [inserted, -deleted] : [position, inserted, -deleted];
}

/** An op as `ot-text-unicode` writes it. */
export function toTextUnicode(op: Op): TextOp {
  return op.map((part) => (typeof part === "number" && part < 0 ? { d: -part } : part));
}

/** The same patches with positions and lengths in UTF-16 units, and the text that they end in. */
export function toUtf16(
  start: string,
  patches: readonly Patch[],
): { readonly patches: readonly Patch[]; readonly end: string } {
  const text = Text.from(start);
  const inUnits = patches.map(({ position, deleted, inserted }) => {
    const from = text.codePointToUtf16(position);
    const to = text.codePointToUtf16(position + deleted);
    text.splice(position, deleted, inserted);
    return { position: from, deleted: to - from, inserted };
  });
  return { patches: inUnits, end: text.toString() };
}

function check(made: Made | undefined, end: string): void {
  if (made?.text !== end || made.checksum !== crc32(end)) {
    throw new Error("not the text that it should be");
  }
}
