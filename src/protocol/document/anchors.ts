import type { Cancel } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import type { RequestError } from "#common/lib/errors.ts";
import type { Result } from "#common/lib/result.ts";
import { transformPosition, type Op } from "#common/ot/op.ts";
import type { Anchor, Anchors, OpenDocument, Place } from "../document.ts";
import type { OtPacket } from "../services/ot.ts";

type Followed = Pick<OpenDocument, "version" | "onVersion" | "offsetOf" | "text" | "state">;

/** One anchor, carried along as far as its `at.version`. */
interface Carried {
  readonly origin: Anchor;
  at: Anchor;
  /** No packets lead on from here: it has to be found by its quote. */
  isLost: boolean;
}

/**
 * Follows places in one open text. An anchor of an older version is carried through the packets since
 * then, which `history` gives from a version on; one that they do not lead on from is looked for by
 * its quote, near to where it was.
 */
export class DocumentAnchors implements Anchors {
  readonly #document: Followed;
  readonly #history: (from: number) => Promise<Result<readonly OtPacket[], RequestError>>;
  readonly #moved = new Emitter<void>();
  readonly #carried = new Map<string, Carried>();
  /** By version: what the anchors that are behind have still to go through. */
  readonly #ops = new Map<number, Op>();
  readonly #cancel: Cancel;
  #isCatchingUp = false;
  #isDisposed = false;

  constructor(
    document: Followed,
    history: (from: number) => Promise<Result<readonly OtPacket[], RequestError>>,
  ) {
    this.#document = document;
    this.#history = history;
    this.#cancel = document.onVersion((version, packet) => {
      if (packet !== undefined) this.#ops.set(version, packet.op);
      else for (const carried of this.#carried.values()) carried.isLost = true;
      this.#advance();
    });
  }

  follow(anchors: ReadonlyMap<string, Anchor>): void {
    for (const id of this.#carried.keys()) if (!anchors.has(id)) this.#carried.delete(id);
    for (const [id, origin] of anchors) {
      if (this.#carried.get(id)?.origin === origin) continue;
      this.#carried.set(id, { origin, at: origin, isLost: false });
    }
    this.#advance();
  }

  places(): ReadonlyMap<string, Place> {
    const { version } = this.#document;
    const places = new Map<string, Place>();
    for (const [id, { at }] of this.#carried) {
      if (at.version === version) places.set(id, this.#placeOf(at));
    }
    return places;
  }

  onMoved(listener: () => void): Cancel {
    return this.#moved.on(listener);
  }

  async make(range: () => { readonly from: number; readonly to: number }) {
    for (;;) {
      const { state } = this.#document;
      if (state.kind !== "live" || this.#isDisposed) return undefined;
      if (state.unsent === 0) break;
      await new Promise<void>((resolve) => {
        const cancel = this.#document.onVersion(() => {
          cancel();
          resolve();
        });
      });
    }
    const { from, to } = range();
    const text = this.#document.text();
    const start = codePoints(text.slice(0, from));
    const quote = text.slice(from, to);
    return { version: this.#document.version, from: start, to: start + codePoints(quote), quote };
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cancel();
  }

  #placeOf(at: Anchor): Place {
    const from = this.#document.offsetOf(at.from, "right");
    const to = Math.max(from, this.#document.offsetOf(at.to, "left"));
    return { from, to, isRemoved: from === to && at.quote !== "", anchor: at };
  }

  #advance(): void {
    const { version } = this.#document;
    let isBehind = false;
    for (const carried of this.#carried.values()) {
      if (carried.isLost) this.#find(carried);
      while (!carried.isLost && carried.at.version < version) {
        const op = this.#ops.get(carried.at.version + 1);
        if (op === undefined) break;
        carried.at = through(carried.at, op);
      }
      isBehind ||= carried.at.version < version;
    }
    if (isBehind) void this.#catchUp();
    else this.#ops.clear();
    this.#moved.emit();
  }

  /** Asks for the packets from the oldest anchor on, until all are where the text is. */
  async #catchUp(): Promise<void> {
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      for (;;) {
        const behind = this.#behind();
        if (behind.length === 0 || this.#isDisposed) return;
        const oldest = Math.min(...behind.map(({ at }) => at.version));
        const answer = await this.#history(oldest + 1);
        // The next connection brings a version, which asks again.
        if (!answer.ok && answer.error.code === "unavailable") return;
        const packets = answer.ok ? answer.value : [];
        for (const { version, op } of packets) this.#ops.set(version, op);
        const leadsOn = packets.some(({ version }) => version === oldest + 1);
        for (const carried of behind) {
          if (!leadsOn && carried.at.version === oldest) carried.isLost = true;
        }
        this.#advance();
      }
    } finally {
      this.#isCatchingUp = false;
    }
  }

  #behind(): readonly Carried[] {
    return [...this.#carried.values()].filter(
      ({ at, isLost }) => !isLost && at.version < this.#document.version,
    );
  }

  /** Looks for the quote. While edits are on their way the text is of no version: then later. */
  #find(carried: Carried): void {
    const { state, version } = this.#document;
    if (state.kind === "live" && state.unsent > 0) return;
    const text = this.#document.text();
    const { from, quote } = carried.at;
    const near = offsetOf(text, from);
    const found = quote === "" ? -1 : nearest(text, quote, near);
    const start = codePoints(text.slice(0, found < 0 ? near : found));
    const to = found < 0 ? start : start + codePoints(quote);
    carried.at = { version, from: start, to, quote };
    carried.isLost = false;
  }
}

/** Text that is typed at either edge stays outside. */
function through({ version, from, to, quote }: Anchor, op: Op): Anchor {
  const next = { version: version + 1, quote };
  if (from === to) {
    const at = transformPosition(from, op, "left");
    // An undo, or a line that is moved, brings removed words back in one piece.
    const words = quote === "" ? undefined : insertedAt(from, op);
    const back = words?.indexOf(quote) ?? -1;
    if (words === undefined || back < 0) return { ...next, from: at, to: at };
    const start = at + codePoints(words.slice(0, back));
    return { ...next, from: start, to: start + codePoints(quote) };
  }
  const start = transformPosition(from, op, "right");
  return { ...next, from: start, to: Math.max(start, transformPosition(to, op, "left")) };
}

/** What `op` inserts at a place of the text before it. */
function insertedAt(position: number, op: Op): string | undefined {
  let at = 0;
  for (const component of op) {
    if (typeof component !== "string") at += Math.abs(component);
    else if (at === position) return component;
    if (at > position) return undefined;
  }
  return undefined;
}

function nearest(text: string, quote: string, near: number): number {
  const before = text.lastIndexOf(quote, near);
  const after = text.indexOf(quote, near);
  if (before < 0 || after < 0) return Math.max(before, after);
  return near - before <= after - near ? before : after;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The UTF-16 offset of a code point; the end when there are not so many. */
function offsetOf(text: string, position: number): number {
  let offset = 0;
  for (let left = position; left > 0 && offset < text.length; left--) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
