import "./flash.css";
import type * as Monaco from "./monaco.ts";

/** As long as the animation in `flash.css`. */
const FLASH_MS = 900;

/** Shows for a moment what has changed; where text is gone, the line that it was in. */
export function flash(
  editor: Monaco.editor.IStandaloneCodeEditor,
  changed: readonly Monaco.Range[],
): void {
  const decorations = editor.createDecorationsCollection(
    changed.map((range) => ({
      range,
      options: range.isEmpty()
        ? { isWholeLine: true, className: "flash" }
        : { className: "flash", shouldFillLineOnLineBreak: false },
    })),
  );
  window.setTimeout(() => decorations.clear(), FLASH_MS);
}
