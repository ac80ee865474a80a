import type { IBuffer, IBufferLine, Terminal } from "@xterm/headless";
import {
  internalsOf,
  type BufferInternals,
  type Charset,
  type Internals,
  type StyledCell,
} from "./xtermInternals.ts";

/**
 * Output that makes a new terminal of the same size and scrollback equal to this one: text, styles,
 * links, where lines wrapped, cursors, modes, and the normal screen behind an alternate one. In a
 * terminal of another width, which a client may have until it hears of ours, the text of the normal
 * screen comes out whole as well, wrapped elsewhere.
 */
export function snapshotOf(terminal: Terminal): string {
  const core = internalsOf(terminal);
  const { buffer, cols, rows } = terminal;
  const onAlternate = buffer.active.type === "alternate";
  const size = { cols, rows };
  const normal = new ScreenWriter(core, buffer.normal, core.buffers.normal, size);
  normal.writeLines();
  let output = normal.output;
  if (onAlternate) {
    // The cursor is taken along to the other screen and back, so only the saved one matters here.
    output += normal.settings() + "\x1b[?1047h";
    const alternate = new ScreenWriter(core, buffer.alternate, core.buffers.alt, size);
    alternate.writeLines();
    output += alternate.output + alternate.settings() + alternate.cursor("absolute");
  } else {
    const settings = normal.settings();
    output += settings + normal.cursor(settings === "" ? "relative" : "absolute");
  }
  return output + sgr(core._inputHandler._curAttrData) + modesOf(terminal, core);
}

const PLAIN = "\x1b[m";

/** Writes one of the two screens, its scrollback first. */
class ScreenWriter {
  output = "";
  readonly #core: Internals["_core"];
  readonly #buffer: IBuffer;
  readonly #internals: BufferInternals;
  readonly #cols: number;
  readonly #rows: number;
  #style = PLAIN;
  #link = 0;
  /** Where the writing of lines has left the cursor. */
  #lastLine = 0;
  #column = 0;

  constructor(
    core: Internals["_core"],
    buffer: IBuffer,
    internals: BufferInternals,
    size: { readonly cols: number; readonly rows: number },
  ) {
    this.#core = core;
    this.#buffer = buffer;
    this.#internals = internals;
    this.#cols = size.cols;
    this.#rows = size.rows;
  }

  writeLines(): void {
    this.output += "\x1b[H";
    const end = this.#end();
    for (let y = 0; y < end; y++) {
      const line = this.#buffer.getLine(y);
      if (line === undefined) continue;
      if (y > 0) this.#breakLine(line, this.#buffer.getLine(y - 1));
      this.#writeLine(line);
      this.#lastLine = y;
    }
    this.#setLink(0);
    this.#setStyle(PLAIN);
  }

  /** Saved cursor, tab stops and scroll region. Leaves the cursor anywhere. */
  settings(): string {
    const { savedX, savedY, savedCurAttrData, savedCharset, ybase, tabs } = this.#internals;
    let output = "";
    const style = sgr(savedCurAttrData);
    if (savedX !== 0 || savedY !== 0 || style !== PLAIN || savedCharset !== undefined) {
      output += moveTo(savedX, Math.max(savedY - ybase, 0)) + style;
      output += savedCharset === undefined ? "\x1b7" : `\x1b(${nameOf(savedCharset)}\x1b7\x1b(B`;
      output += PLAIN;
    }
    const stops = Object.keys(tabs).map(Number);
    if (stops.some((stop) => stop % 8 !== 0) || stops.length < Math.ceil(this.#cols / 8)) {
      output += "\x1b[3g";
      for (const stop of stops) output += `\x1b[${stop + 1}G\x1bH`;
    }
    const { scrollTop, scrollBottom } = this.#internals;
    if (scrollTop > 0 || scrollBottom < this.#rows - 1) {
      output += `\x1b[${scrollTop + 1};${scrollBottom + 1}r`;
    }
    return output;
  }

  /** Moves the cursor to its place, from the end of what was written or from anywhere. */
  cursor(from: "relative" | "absolute"): string {
    const { cursorX, cursorY, baseY } = this.#buffer;
    const isRelative = from === "relative";
    const moveToColumn = (x: number): string => {
      if (!isRelative) return moveTo(x, cursorY);
      const up = this.#lastLine - (baseY + cursorY);
      if (up === 0 && x === this.#column) return "";
      return `${up > 0 ? `\x1b[${up}A` : ""}\x1b[${x + 1}G`;
    };
    if (cursorX < this.#cols) return moveToColumn(cursorX);
    if (isRelative && this.#lastLine === baseY + cursorY && this.#column === cursorX) return "";
    // It waits behind the last column, where only writing that column once more brings it.
    const line = this.#buffer.getLine(baseY + cursorY);
    const x = line?.getCell(this.#cols - 1)?.getWidth() === 0 ? this.#cols - 2 : this.#cols - 1;
    const cell = line?.getCell(x);
    if (cell === undefined) return "";
    const style = sgr(cell as unknown as StyledCell);
    return moveToColumn(x) + style + (cell.getChars() || " ");
  }

  /** The index after the last line that must be written for the others to be where they are. */
  #end(): number {
    const { length, baseY, cursorY } = this.#buffer;
    if (baseY > 0) return length;
    for (let y = length - 1; y > cursorY; y--) {
      if (!isBlank(this.#buffer.getLine(y))) return y + 1;
    }
    return cursorY + 1;
  }

  #breakLine(line: IBufferLine, before: IBufferLine | undefined): void {
    // A new line takes on the colour of the moment.
    this.#setStyle(PLAIN);
    if (!line.isWrapped) {
      this.output += "\r\n";
      return;
    }
    // Only a character behind the last column wraps a line. The first of the next line does it, if
    // there is one that brings no colour to all of that line.
    const first = line.getCell(0);
    const last = before?.getCell(this.#cols - 1);
    const isFull = last === undefined || last.getWidth() === 0 || last.getChars() !== "";
    if (isFull && first !== undefined && first.getChars() !== "" && first.isBgDefault()) return;
    if (isFull) {
      this.output += " \x1b[D\x1b[X";
    } else {
      // One that is too wide leaves the last column empty.
      const style = sgr(last as unknown as StyledCell);
      this.output += `\x1b[${this.#cols}G${style}\u3000${PLAIN}\x1b[2D\x1b[${this.#cols}X`;
    }
  }

  #writeLine(line: IBufferLine): void {
    this.#column = 0;
    let blanks = 0;
    let blankStyle = PLAIN;
    let cell = line.getCell(0);
    const skip = (): void => {
      if (blanks === 0) return;
      if (blankStyle !== PLAIN) {
        this.#setStyle(blankStyle);
        this.output += `\x1b[${blanks}X`;
      }
      this.output += `\x1b[${blanks}C`;
      this.#column += blanks;
      blanks = 0;
    };
    for (let x = 0; x < this.#cols; x++) {
      cell = line.getCell(x, cell);
      if (cell === undefined) break;
      const chars = cell.getChars();
      const isHalf = cell.getWidth() === 2 && line.getCell(x + 1)?.getWidth() !== 0;
      const styled = cell as unknown as StyledCell;
      if (chars === "" || isHalf) {
        const style = sgr(styled, "background");
        if (style !== blankStyle) skip();
        blankStyle = style;
        blanks++;
        continue;
      }
      skip();
      this.#setLink(styled.hasExtendedAttrs() === 0 ? 0 : styled.extended.urlId);
      this.#setStyle(sgr(styled));
      this.output += chars;
      this.#column += cell.getWidth();
      if (cell.getWidth() === 2) x++;
    }
    // Blanks at the end are there already, unless they have a colour.
    if (blankStyle !== PLAIN) skip();
  }

  #setStyle(style: string): void {
    if (style === this.#style) return;
    this.#style = style;
    this.output += style;
  }

  #setLink(urlId: number): void {
    if (urlId === this.#link) return;
    this.#link = urlId;
    const link = urlId === 0 ? undefined : this.#core._oscLinkService.getLinkData(urlId);
    const id = link?.id === undefined ? "" : `id=${link.id}`;
    this.output += `\x1b]8;${id};${link?.uri ?? ""}\x1b\\`;
  }
}

function isBlank(line: IBufferLine | undefined): boolean {
  if (line === undefined) return true;
  if (line.isWrapped) return false;
  for (let x = 0; x < line.length; x++) {
    const cell = line.getCell(x);
    if (cell !== undefined && (cell.getChars() !== "" || !cell.isBgDefault())) return false;
  }
  return true;
}

function moveTo(x: number, y: number): string {
  return `\x1b[${y + 1};${x + 1}H`;
}

/** The sequence that sets exactly this style, or the part of it that empty cells show. */
function sgr(cell: StyledCell, part: "all" | "background" = "all"): string {
  const params = (part === "all" ? textParams(cell) : "") + backgroundParams(cell);
  return params === "" ? PLAIN : `\x1b[0${params}m`;
}

function textParams(cell: StyledCell): string {
  let params = "";
  if (cell.isBold() !== 0) params += ";1";
  if (cell.isDim() !== 0) params += ";2";
  if (cell.isItalic() !== 0) params += ";3";
  if (cell.isUnderline() !== 0) params += underline(cell);
  if (cell.isBlink() !== 0) params += ";5";
  if (cell.isInverse() !== 0) params += ";7";
  if (cell.isInvisible() !== 0) params += ";8";
  if (cell.isStrikethrough() !== 0) params += ";9";
  if (cell.isOverline() !== 0) params += ";53";
  if (cell.isFgRGB()) params += `;38;2;${rgb(cell.getFgColor())}`;
  else if (cell.isFgPalette()) params += palette(30, cell.getFgColor(), cell.getFgColorMode());
  return params;
}

function backgroundParams(cell: StyledCell): string {
  if (cell.isBgRGB()) return `;48;2;${rgb(cell.getBgColor())}`;
  if (cell.isBgPalette()) return palette(40, cell.getBgColor(), cell.getBgColorMode());
  return "";
}

function underline(cell: StyledCell): string {
  const isLink = cell.hasExtendedAttrs() !== 0 && cell.extended.urlId !== 0;
  const style = isLink ? 1 : cell.getUnderlineStyle();
  let params = style <= 1 ? ";4" : `;4:${style}`;
  if (cell.hasExtendedAttrs() === 0 || cell.isUnderlineColorDefault()) return params;
  const color = cell.getUnderlineColor();
  if (cell.isUnderlineColorRGB()) params += `;58;2;${rgb(color)}`;
  else if (cell.isUnderlineColorPalette()) params += `;58;5;${color}`;
  return params;
}

/** xterm's mode of colours that were set as one of 256; the others are the 16 of old. */
const COLOR_OF_256 = 0x2000000;

function palette(base: number, color: number, mode: number): string {
  if (mode === COLOR_OF_256) return `;${base + 8};5;${color}`;
  return color < 8 ? `;${base + color}` : `;${base + 52 + color}`;
}

function rgb(color: number): string {
  return `${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`;
}

const mouseTracking = { none: "", x10: "?9", vt200: "?1000", drag: "?1002", any: "?1003" } as const;
const mouseEncoding: Readonly<Record<string, string>> = { SGR: "?1006", SGR_PIXELS: "?1016" };
const cursorStyles = { block: 2, underline: 4, bar: 6 } as const;

/** Everything that is not on the screen but changes what will be. It comes last: it moves nothing. */
function modesOf(terminal: Terminal, core: Internals["_core"]): string {
  const { modes } = terminal;
  const { isCursorHidden, decPrivateModes } = core.coreService;
  let output = "";
  const set = (mode: string, on = true): void => {
    if (on && mode !== "") output += `\x1b[${mode}h`;
  };
  set("?1", modes.applicationCursorKeysMode);
  set("?66", modes.applicationKeypadMode);
  set("?2004", modes.bracketedPasteMode);
  set("4", modes.insertMode);
  set("20", core.options.convertEol);
  set("?45", modes.reverseWraparoundMode);
  set("?1004", modes.sendFocusMode);
  set(mouseTracking[modes.mouseTrackingMode]);
  set(mouseEncoding[core.coreMouseService.activeEncoding] ?? "");
  if (!modes.wraparoundMode) output += "\x1b[?7l";
  if (isCursorHidden) output += "\x1b[?25l";
  if (decPrivateModes.cursorStyle !== undefined) {
    const blinks = decPrivateModes.cursorBlink === true ? 1 : 0;
    output += `\x1b[${cursorStyles[decPrivateModes.cursorStyle] - blinks} q`;
  }
  return output + charsetsOf(core._charsetService);
}

function charsetsOf(service: Internals["_core"]["_charsetService"]): string {
  const { glevel, charset: current, _charsets: charsets } = service;
  let output = "";
  for (const [level, designate] of ["(", ")", "*", "+"].entries()) {
    // A cursor that was restored has brought its own.
    const charset = level === glevel ? current : charsets[level];
    if (charset !== undefined) output += `\x1b${designate}${nameOf(charset)}`;
  }
  return output + (["", "\x0e", "\x1bn", "\x1bo"][glevel] ?? "");
}

/** Of the sets that differ from ASCII, programs still use two: line drawing and the British one. */
function nameOf(charset: Charset): string {
  if (charset["q"] === "─") return "0";
  return charset["#"] === "£" ? "A" : "B";
}
