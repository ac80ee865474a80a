import { Terminal } from "@xterm/headless";
import { unicodeWidths } from "#common/terminal/width.ts";

/** What the public API does not show, but a person would see sooner or later. */
interface Internals {
  readonly _core: {
    writeSync(text: string): void;
    readonly _inputHandler: { readonly _curAttrData: Attributes };
    readonly coreService: {
      readonly isCursorHidden: boolean;
      readonly decPrivateModes: Record<string, unknown>;
    };
    readonly buffers: Record<
      "normal" | "alt",
      { readonly scrollTop: number; scrollBottom: number }
    >;
  };
}

interface Attributes {
  getFgColor(): number;
  getFgColorMode(): number;
  getBgColor(): number;
  getBgColorMode(): number;
  isBold(): number;
  isDim(): number;
  isItalic(): number;
  isUnderline(): number;
  isBlink(): number;
  isInverse(): number;
  isInvisible(): number;
  isStrikethrough(): number;
  isOverline(): number;
}

export function createTerminal(size: {
  readonly cols: number;
  readonly rows: number;
  readonly scrollback: number;
}): Terminal {
  const terminal = new Terminal({ ...size, allowProposedApi: true, logLevel: "off" });
  terminal.unicode.register(unicodeWidths);
  terminal.unicode.activeVersion = unicodeWidths.version;
  return terminal;
}

/** Lets a terminal read at once, as tests of many streams need it. */
export function feed(terminal: Terminal, text: string): void {
  (terminal as unknown as Internals)._core.writeSync(text);
}

/** Everything that can be seen of a terminal now or later, as plain text that can be compared. */
export function stateOf(terminal: Terminal): string {
  const { _core: core } = terminal as unknown as Internals;
  const { buffer, modes } = terminal;
  const lines: string[] = [];
  for (const kind of ["normal", "alternate"] as const) {
    const screen = buffer[kind];
    lines.push(`${kind} ${screen.length} lines`);
    for (let y = 0; y < screen.length; y++) {
      const line = screen.getLine(y);
      const cells: string[] = [];
      for (let x = 0; x < (line?.length ?? 0); x++) {
        const cell = line?.getCell(x);
        if (cell === undefined) continue;
        const width = cell.getWidth();
        // Halves of a wide character, which deleting the other half leaves behind, are blank.
        const isHalf = width === 2 && line?.getCell(x + 1)?.getWidth() !== 0;
        const chars = isHalf || cell.getChars() === " " ? "" : cell.getChars();
        const style = styleOf(cell as unknown as Attributes, chars === "");
        cells.push(
          chars + (width === 2 && !isHalf ? "2" : "") + (style === "" ? "" : `{${style}}`),
        );
      }
      // What the first line goes on from is gone, and with it any meaning of that.
      lines.push(`${y > 0 && line?.isWrapped === true ? "+" : " "}${cells.join("|")}`);
    }
  }
  const regions = [core.buffers.normal, core.buffers.alt].map(
    ({ scrollTop, scrollBottom }) => `${scrollTop}-${scrollBottom}`,
  );
  const hidden = core.coreService.isCursorHidden ? "hidden" : "shown";
  const { type, cursorX, cursorY } = buffer.active;
  lines.push(`on ${type}, cursor ${cursorX},${cursorY} ${hidden}, regions ${regions.join(" ")}`);
  lines.push(`style {${styleOf(core._inputHandler._curAttrData)}}`);
  lines.push(JSON.stringify(modes), JSON.stringify(core.coreService.decPrivateModes));
  return lines.join("\n");
}

/** Of an empty cell only what fills it is seen. */
function styleOf(cell: Attributes, isEmpty = false): string {
  const background =
    cell.getBgColorMode() !== 0 && `bg ${cell.getBgColorMode()} ${cell.getBgColor()}`;
  if (isEmpty) return background === false ? "" : background;
  const flags = [
    cell.isBold() !== 0 && "bold",
    cell.isDim() !== 0 && "dim",
    cell.isItalic() !== 0 && "italic",
    cell.isUnderline() !== 0 && "underline",
    cell.isBlink() !== 0 && "blink",
    cell.isInverse() !== 0 && "inverse",
    cell.isInvisible() !== 0 && "invisible",
    cell.isStrikethrough() !== 0 && "struck",
    cell.isOverline() !== 0 && "overline",
    cell.getFgColorMode() !== 0 && `fg ${cell.getFgColorMode()} ${cell.getFgColor()}`,
    background,
  ];
  return flags.filter((flag) => flag !== false).join(" ");
}
