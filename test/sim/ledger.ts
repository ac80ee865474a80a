/**
 * Every character that is typed in a world is unlike all others, so that a text tells what was lost
 * and what was doubled. Half of them lie outside of the basic plane, and all when that is full. Line ends are noise between.
 */
const FIRST = 0x4e00;
const FIRST_SURROGATE = 0xd800;
const FIRST_ASTRAL = 0x20000;

/** Keeps the account of who has typed and deleted what. */
export class Ledger {
  #typed = 0;
  /** Characters that must stand in the text, once. */
  readonly #present = new Set<string>();
  /** Characters that nobody may see again. */
  readonly #deleted = new Set<string>();
  /** Characters that are there, and nothing tells where. */
  readonly #unplaced = new Set<string>();
  /** Characters that were deleted and put back: whether by one or by all, nobody can say. */
  readonly #loose = new Set<string>();

  /** New characters, which the caller is going to insert. */
  next(count: number): string {
    let text = "";
    for (let i = 0; i < count; i++) {
      const n = this.#typed++;
      const inBasicPlane = FIRST + (n >> 1);
      const isBasic = n % 2 === 0 && inBasicPlane < FIRST_SURROGATE;
      text += String.fromCodePoint(isBasic ? inBasicPlane : FIRST_ASTRAL + n);
    }
    return text;
  }

  inserted(text: string): void {
    for (const char of text) {
      if (!isAccounted(char)) continue;
      if (this.#deleted.delete(char)) this.#loose.add(char);
      else if (!this.#loose.has(char)) this.#present.add(char);
    }
  }

  deleted(text: string): void {
    for (const char of text) {
      if (!isAccounted(char)) continue;
      if (!this.#present.delete(char)) continue;
      (this.#unplaced.has(char) ? this.#loose : this.#deleted).add(char);
    }
  }

  /** Nothing tells any more that it was inserted: it may be missing. */
  excuse(char: string): void {
    if (this.#present.delete(char)) this.#loose.add(char);
  }

  /** Nothing tells any more where it was: once deleted, now or later, it may yet be there. */
  unplace(char: string): void {
    if (this.#deleted.delete(char)) this.#loose.add(char);
    else this.#unplaced.add(char);
  }

  /** These were typed or deleted and lost with a page that had not kept it: both is right. */
  loosen(text: string): void {
    for (const char of text) {
      if (this.#present.delete(char) || this.#deleted.delete(char)) this.#loose.add(char);
    }
  }

  /** Nothing tells any more that those of them were deleted that had been: they may come back. */
  loosenDeleted(text: string): void {
    for (const char of text) if (this.#deleted.delete(char)) this.#loose.add(char);
  }

  /** What is wrong with a text at the end; empty when nothing is. */
  faultsOf(text: string): readonly string[] {
    const counts = new Map<string, number>();
    for (const char of text) {
      if (isAccounted(char)) counts.set(char, (counts.get(char) ?? 0) + 1);
    }
    const faults: string[] = [];
    for (const [char, count] of counts) {
      if (count > 1 && !this.#loose.has(char)) faults.push(`${nameOf(char)} stands ${count} times`);
      if (this.#deleted.has(char)) faults.push(`${nameOf(char)} was deleted and is there`);
    }
    for (const char of this.#present) {
      if (!counts.has(char)) faults.push(`${nameOf(char)} was typed and is lost`);
    }
    return faults;
  }
}

/** Whether it is a character of the account, and not noise. */
export function isAccounted(char: string): boolean {
  return (char.codePointAt(0) ?? 0) >= FIRST;
}

function nameOf(char: string): string {
  return `U+${char.codePointAt(0)?.toString(16).toUpperCase()}`;
}
