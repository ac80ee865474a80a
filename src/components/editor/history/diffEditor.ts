// Monaco's editor for two texts beside each other: a chunk of its own, for the history alone.
import { DiffEditorWidget } from "monaco-editor/editor/browser/widget/diffEditor/diffEditorWidget.js";
import { StandaloneServices } from "monaco-editor/editor/standalone/browser/standaloneServices.js";
import type * as Monaco from "../monaco.ts";

/** What `monaco.editor.createDiffEditor` would make, if it were not left out of the build. */
export function createDiffEditor(
  element: HTMLElement,
  options: Monaco.editor.IDiffEditorOptions,
): Monaco.editor.IDiffEditor {
  return StandaloneServices.initialize({}).createInstance(DiffEditorWidget, element, options, {});
}
