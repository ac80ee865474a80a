/** Parts of Monaco that it exports without types. */
declare module "monaco-editor/languages/definitions/javascript/javascript.js" {
  import type { languages } from "monaco-editor/editor.js";
  export const language: languages.IMonarchLanguage;
}
