// The one chunk that holds Monaco: its core, the features an editor of plain text needs, and tokenizers
// that load with their languages. No language service runs in the page; that is the container's work.
// Comparisons load later, with the history; the services that they need must be known from the start.
import "monaco-editor/editor/browser/widget/diffEditor/diffProviderFactoryService.js";
import "monaco-editor/features/anchorSelect/register.js";
import "monaco-editor/features/bracketMatching/register.js";
import "monaco-editor/features/caretOperations/register.js";
import "monaco-editor/features/clipboard/register.js";
import "monaco-editor/features/codicon/register.js";
import "monaco-editor/features/comment/register.js";
import "monaco-editor/features/contextmenu/register.js";
import "monaco-editor/features/cursorUndo/register.js";
import "monaco-editor/features/dnd/register.js";
import "monaco-editor/features/find/register.js";
import "monaco-editor/features/folding/register.js";
import "monaco-editor/features/indentation/register.js";
import "monaco-editor/features/lineSelection/register.js";
import "monaco-editor/features/linesOperations/register.js";
import "monaco-editor/features/longLinesHelper/register.js";
import "monaco-editor/features/middleScroll/register.js";
import "monaco-editor/features/multicursor/register.js";
import "monaco-editor/features/readOnlyMessage/register.js";
import "monaco-editor/features/smartSelect/register.js";
import "monaco-editor/features/toggleTabFocusMode/register.js";
import "monaco-editor/features/wordHighlighter/register.js";
import "monaco-editor/features/wordOperations/register.js";
import "monaco-editor/features/wordPartOperations/register.js";
import "./tokenizers.ts";
// oxlint-disable-next-line import/default -- Vite makes the default export of `?worker`
import EditorWorker from "monaco-editor/editor/editor.worker.js?worker";
import { editor, languages } from "monaco-editor/editor.js";
import { provideColorist } from "../ui/markup/colorist.ts";
import { colorRuns } from "./codeColors.ts";

export { editor, KeyCode, KeyMod, languages, Range, Selection, Uri } from "monaco-editor/editor.js";

// Code in messages has the colours of the editor from now on.
provideColorist((code, language) => colorRuns({ editor, languages }, code, language));

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };
