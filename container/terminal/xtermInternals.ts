import type { IBufferCell, Terminal } from "@xterm/headless";

/**
 * What a screen is made of and xterm's public interface leaves out. `screen.prop.test.ts` fails
 * should a new version of xterm move it.
 */
export interface Internals {
  readonly _core: {
    /** Reads at once; the public `write` reads later. */
    writeSync(text: string): void;
    readonly options: { readonly convertEol: boolean };
    readonly buffers: { readonly normal: BufferInternals; readonly alt: BufferInternals };
    readonly coreService: {
      readonly isCursorHidden: boolean;
      readonly decPrivateModes: {
        readonly cursorBlink: boolean | undefined;
        readonly cursorStyle: "block" | "underline" | "bar" | undefined;
      };
    };
    readonly coreMouseService: { readonly activeEncoding: string };
    readonly _charsetService: {
      readonly glevel: number;
      /** The set in use, which need not be that of the level. */
      readonly charset: Charset | undefined;
      readonly _charsets: readonly (Charset | undefined)[];
    };
    readonly _inputHandler: { readonly _curAttrData: StyledCell };
    readonly _oscLinkService: {
      getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined;
    };
  };
}

export interface BufferInternals {
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: StyledCell;
  readonly savedCharset: Charset | undefined;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
}

/** What a character set shows instead of ASCII. */
export type Charset = Readonly<Record<string, string | undefined>>;

/** A cell, or the style that the next one will get. */
export interface StyledCell extends Omit<
  IBufferCell,
  "getChars" | "getWidth" | "getCode" | "isAttributeDefault"
> {
  hasExtendedAttrs(): number;
  /** 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed. */
  getUnderlineStyle(): number;
  getUnderlineColor(): number;
  isUnderlineColorRGB(): boolean;
  isUnderlineColorPalette(): boolean;
  isUnderlineColorDefault(): boolean;
  readonly extended: { readonly urlId: number; readonly underlineStyle: number };
}

export function internalsOf(terminal: Terminal): Internals["_core"] {
  return (terminal as unknown as Internals)._core;
}
