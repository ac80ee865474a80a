/** Parts of Monaco that it exports without types. */
declare module "monaco-editor/languages/definitions/javascript/javascript.js" {
  import type { languages } from "monaco-editor/editor.js";
  export const language: languages.IMonarchLanguage;
}

declare module "monaco-editor/editor/browser/widget/diffEditor/diffEditorWidget.js" {
  import type { editor } from "monaco-editor/editor.js";
  export const DiffEditorWidget: new (
    element: HTMLElement,
    options: editor.IDiffEditorOptions,
    widgetOptions: object,
  ) => editor.IDiffEditor;
}

declare module "monaco-editor/editor/standalone/browser/standaloneServices.js" {
  export const StandaloneServices: {
    /** Makes the services that all editors of the page share, unless they are there already. */
    initialize(overrides: object): {
      /** Adds the services that the constructor asks for to its arguments. */
      createInstance<T, A extends unknown[]>(constructor: new (...args: A) => T, ...args: A): T;
    };
  };
}
