import type { editor } from "monaco-editor/editor.js";

/** Colours of code, chosen to be read on the cards of `tokens.css` at 4.5 : 1 or better. */
interface CodeColors {
  readonly text: string;
  readonly comment: string;
  readonly keyword: string;
  readonly string: string;
  readonly number: string;
  readonly type: string;
  readonly name: string;
  readonly tag: string;
}

const light: CodeColors = {
  text: "1f2328",
  comment: "6a737d",
  keyword: "cf222e",
  string: "0a3069",
  number: "0550ae",
  type: "953800",
  name: "8250df",
  tag: "116329",
};

const dark: CodeColors = {
  text: "d4d4d4",
  comment: "8b949e",
  keyword: "ff7b72",
  string: "a5d6ff",
  number: "79c0ff",
  type: "ffa657",
  name: "d2a8ff",
  tag: "7ee787",
};

function rules(colors: CodeColors): editor.ITokenThemeRule[] {
  return [
    { token: "", foreground: colors.text },
    { token: "comment", foreground: colors.comment, fontStyle: "italic" },
    { token: "keyword", foreground: colors.keyword },
    { token: "string", foreground: colors.string },
    { token: "string.escape", foreground: colors.number },
    { token: "regexp", foreground: colors.string },
    { token: "number", foreground: colors.number },
    { token: "constant", foreground: colors.number },
    { token: "type", foreground: colors.type },
    { token: "type.identifier", foreground: colors.type },
    { token: "annotation", foreground: colors.name },
    { token: "predefined", foreground: colors.name },
    { token: "variable", foreground: colors.type },
    { token: "key", foreground: colors.tag },
    { token: "tag", foreground: colors.tag },
    { token: "metatag", foreground: colors.keyword },
    { token: "attribute.name", foreground: colors.number },
    { token: "attribute.value", foreground: colors.string },
    { token: "delimiter", foreground: colors.text },
    { token: "strong", foreground: colors.text, fontStyle: "bold" },
    { token: "emphasis", foreground: colors.text, fontStyle: "italic" },
  ];
}

/** The editor's part of the light theme; its card and border are those of `tokens.css`. */
export const lightTheme: editor.IStandaloneThemeData = {
  base: "vs",
  inherit: true,
  rules: rules(light),
  colors: {
    "editor.background": "#ffffff",
    "editorGutter.background": "#ffffff",
    "editor.foreground": `#${light.text}`,
    "editor.lineHighlightBackground": "#1f23280a",
    "editor.lineHighlightBorder": "#00000000",
    "editorLineNumber.foreground": "#8c959f",
    "editorLineNumber.activeForeground": "#1f2328",
    "editorIndentGuide.background1": "#1f232814",
    "editorIndentGuide.activeBackground1": "#1f232833",
    "editor.selectionBackground": "#0969da33",
    "editor.inactiveSelectionBackground": "#0969da1a",
    "editorWidget.background": "#ffffff",
    "editorWidget.border": "#e0e0e2",
    "editorCursor.foreground": "#0969da",
    "scrollbarSlider.background": "#1f232826",
    "scrollbarSlider.hoverBackground": "#1f23283d",
    "scrollbarSlider.activeBackground": "#1f232852",
    "diffEditor.insertedLineBackground": "#1a7f3714",
    "diffEditor.insertedTextBackground": "#1a7f3733",
    "diffEditor.removedLineBackground": "#cf222e12",
    "diffEditor.removedTextBackground": "#cf222e2e",
    "diffEditor.diagonalFill": "#1f232814",
    focusBorder: "#0969da",
  },
};

export const darkTheme: editor.IStandaloneThemeData = {
  base: "vs-dark",
  inherit: true,
  rules: rules(dark),
  colors: {
    "editor.background": "#1e1e1e",
    "editorGutter.background": "#1e1e1e",
    "editor.foreground": `#${dark.text}`,
    "editor.lineHighlightBackground": "#ffffff0a",
    "editor.lineHighlightBorder": "#00000000",
    "editorLineNumber.foreground": "#6e7681",
    "editorLineNumber.activeForeground": "#d4d4d4",
    "editorIndentGuide.background1": "#ffffff12",
    "editorIndentGuide.activeBackground1": "#ffffff33",
    "editor.selectionBackground": "#2f81f755",
    "editor.inactiveSelectionBackground": "#2f81f72b",
    "editorWidget.background": "#252526",
    "editorWidget.border": "#3f3f42",
    "editorCursor.foreground": "#4493f8",
    "scrollbarSlider.background": "#ffffff1f",
    "scrollbarSlider.hoverBackground": "#ffffff33",
    "scrollbarSlider.activeBackground": "#ffffff47",
    "diffEditor.insertedLineBackground": "#2ea04322",
    "diffEditor.insertedTextBackground": "#2ea0434d",
    "diffEditor.removedLineBackground": "#f851491c",
    "diffEditor.removedTextBackground": "#f8514940",
    "diffEditor.diagonalFill": "#ffffff14",
    focusBorder: "#4493f8",
  },
};
