/**
 * Follows the parser of a terminal (xterm.js) just far enough to know, at any point of the output,
 * whether a sequence is unfinished and whether the whole screen scrolls. Where it is not sure it
 * errs towards "unfinished" and "not the whole", which cost nothing but speed.
 */
export class ParserState {
  #state: "ground" | "escape" | "csi" | "osc" | "string" = "ground";
  #sequence = "";
  #onAlternate = false;
  /** Whether the scroll region of each of the two screens leaves lines out. */
  #normalIsPartial = false;
  #alternateIsPartial = false;

  /** Whether text that follows belongs to no sequence, and scrolls the whole screen. */
  get isPlain(): boolean {
    const isPartial = this.#onAlternate ? this.#alternateIsPartial : this.#normalIsPartial;
    return this.#state === "ground" && !isPartial;
  }

  /** Reads output for a screen of so many rows. */
  read(text: string, rows: number): void {
    for (let i = 0; i < text.length; i++) this.#step(text.charCodeAt(i), rows);
  }

  #step(code: number, rows: number): void {
    // What comes first begins or breaks a sequence wherever it stands.
    if (code === ESC) this.#begin("escape");
    else if (code === CAN || code === SUB) this.#state = "ground";
    else if (code >= 0x80 && code < 0xa0) this.#begin(stateAfterC1(code));
    else if (this.#state === "csi") this.#stepCsi(code, rows);
    else if (this.#state === "escape") this.#stepEscape(code);
    else if (this.#state === "osc" && code === BEL) this.#state = "ground";
  }

  #begin(state: "ground" | "escape" | "csi" | "osc" | "string"): void {
    this.#state = state;
    this.#sequence = "";
  }

  #stepEscape(code: number): void {
    if (code < 0x20 || code === DEL) return;
    const char = String.fromCharCode(code);
    if (code < 0x30) {
      this.#sequence += char;
      return;
    }
    const isBare = this.#sequence === "";
    if (isBare && char === "[") this.#begin("csi");
    else if (isBare && char === "]") this.#begin("osc");
    else if (isBare && "PX^_".includes(char)) this.#begin("string");
    else this.#begin("ground");
    if (isBare && char === "c") {
      this.#onAlternate = this.#normalIsPartial = this.#alternateIsPartial = false;
    }
  }

  #stepCsi(code: number, rows: number): void {
    if (code < 0x20 || code === DEL) return;
    if (code < 0x40 || code > DEL) {
      if (this.#sequence.length < MAX_SEQUENCE_CHARS) this.#sequence += String.fromCharCode(code);
      return;
    }
    const params = this.#sequence;
    this.#begin("ground");
    if (code === LOWER_R && /^[\d;:]*$/.test(params)) this.#setRegion(params, rows);
    else if (code === LOWER_P && params === "!") this.#setPartial(false);
    else if (code === LOWER_H || code === LOWER_L) this.#setModes(params, code === LOWER_H);
  }

  #setRegion(params: string, rows: number): void {
    const [top = 0, bottom = 0] = params.split(";").map(Number);
    this.#setPartial(!(top <= 1 && (bottom === 0 || bottom >= rows)));
  }

  #setPartial(isPartial: boolean): void {
    if (this.#onAlternate) this.#alternateIsPartial = isPartial;
    else this.#normalIsPartial = isPartial;
  }

  #setModes(params: string, on: boolean): void {
    if (!params.startsWith("?")) return;
    const modes = params.slice(1).split(";");
    if (!modes.some((mode) => SCREEN_MODES.includes(Number.parseInt(mode, 10)))) return;
    // The alternate screen is made anew each time.
    if (!on) this.#alternateIsPartial = false;
    this.#onAlternate = on;
  }
}

const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
const DEL = 0x7f;
const LOWER_H = 0x68;
const LOWER_L = 0x6c;
const LOWER_P = 0x70;
const LOWER_R = 0x72;

/** Modes that change between the normal and the alternate screen. */
const SCREEN_MODES: readonly number[] = [47, 1047, 1049];

/** Longer than anything that programs send; a terminal takes no more parameters either. */
const MAX_SEQUENCE_CHARS = 512;

function stateAfterC1(code: number): "ground" | "csi" | "osc" | "string" {
  switch (code) {
    case 0x9b:
      return "csi";
    case 0x9d:
      return "osc";
    case 0x90:
    case 0x98:
    case 0x9e:
    case 0x9f:
      return "string";
    default:
      return "ground";
  }
}
