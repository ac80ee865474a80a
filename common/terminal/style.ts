/**
 * What a stretch of output does to the style of the text after it: the sum of its SGR sequences.
 * Kept as the parameters to send again, by what they change, so that it stays small however many
 * sequences there were, and says nothing about what the stretch left alone.
 */
export class StyleChange {
  #reset = false;
  /** By slot, so that they are sent in the order of the slots. */
  #params: (string | undefined)[] = [];

  /**
   * Adds one sequence, given by the text between `ESC [` and `m`. False when it holds anything that
   * we do not know; it is then not added.
   */
  add(text: string): boolean {
    const steps = stepsOf(text);
    if (steps === undefined) return false;
    for (const { slot, param } of steps) {
      if (slot === Slot.reset) {
        this.#reset = true;
        this.#params = [];
      } else {
        // Normal intensity takes back both bold and faint, which may come again after it.
        if (slot === Slot.normal) this.#params[Slot.bold] = this.#params[Slot.faint] = undefined;
        this.#params[slot] = param;
      }
    }
    return true;
  }

  /** The one sequence that does the same; empty when nothing changes. */
  toString(): string {
    const params = this.#params.filter((param) => param !== undefined);
    if (this.#reset) params.unshift("0");
    return params.length === 0 ? "" : `\x1b[${params.join(";")}m`;
  }
}

/** What a parameter changes. The order is that of sending. */
const Slot = {
  reset: -1,
  normal: 0,
  bold: 1,
  faint: 2,
  italic: 3,
  underline: 4,
  blink: 5,
  inverse: 6,
  hidden: 7,
  struck: 8,
  overline: 9,
  foreground: 10,
  background: 11,
  underlineColor: 12,
} as const;

interface Step {
  readonly slot: number;
  readonly param: string;
}

/** Programs use few different sequences, but those again and again. */
const MAX_CACHED = 1000;
const cache = new Map<string, readonly Step[] | undefined>();

function stepsOf(text: string): readonly Step[] | undefined {
  const cached = cache.get(text);
  if (cached !== undefined || cache.has(text)) return cached;
  const steps = parse(text);
  if (cache.size < MAX_CACHED) cache.set(text, steps);
  return steps;
}

/** Terminals keep no more parameters of one sequence. */
const MAX_PARAMS = 32;

function parse(text: string): readonly Step[] | undefined {
  const params = text.split(";");
  if (params.length > MAX_PARAMS) return undefined;
  const steps: Step[] = [];
  for (let i = 0; i < params.length; i++) {
    let param = params[i] || "0";
    if (/^[345]8$/.test(param)) {
      const length = params[i + 1] === "5" ? 2 : params[i + 1] === "2" ? 4 : 0;
      const color = params.slice(i + 1, i + 1 + length);
      if (length === 0 || color.length < length || !color.every((n) => /^\d+$/.test(n))) {
        return undefined;
      }
      param = [param, ...color].join(";");
      i += length;
    }
    const slot = slotOf(param);
    if (slot === undefined) return undefined;
    steps.push({ slot, param });
  }
  return steps;
}

function slotOf(param: string): number | undefined {
  const extended = /^([345]8)(;|:5:\d+$|:2:(\d*:)?\d+:\d+:\d+$)/.exec(param);
  if (extended !== null) return colorSlot(extended[1]);
  if (/^4:[0-5]$/.test(param)) return Slot.underline;
  if (!/^\d{1,3}$/.test(param)) return undefined;
  const code = Number(param);
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return Slot.foreground;
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return Slot.background;
  return slotByCode.get(code);
}

function colorSlot(code: string | undefined): number {
  if (code === "38") return Slot.foreground;
  return code === "48" ? Slot.background : Slot.underlineColor;
}

const slotByCode: ReadonlyMap<number, number> = new Map([
  [0, Slot.reset],
  [1, Slot.bold],
  [2, Slot.faint],
  [22, Slot.normal],
  [3, Slot.italic],
  [23, Slot.italic],
  [4, Slot.underline],
  [21, Slot.underline],
  [24, Slot.underline],
  [5, Slot.blink],
  [25, Slot.blink],
  [7, Slot.inverse],
  [27, Slot.inverse],
  [8, Slot.hidden],
  [28, Slot.hidden],
  [9, Slot.struck],
  [29, Slot.struck],
  [53, Slot.overline],
  [55, Slot.overline],
  [39, Slot.foreground],
  [49, Slot.background],
  [59, Slot.underlineColor],
]);
