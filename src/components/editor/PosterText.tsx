import type { CSSProperties } from "react";
import { useIde } from "#store/hooks.tsx";
import { FOLDING_PX, GUTTER_PX, lineHeightPx, NUMBER_CHARS, PADDING_PX } from "./textMetrics.ts";

/** More than any screen shows. */
const MAX_LINES = 200;

/** The beginning of a text as the editor will draw it, to be read while the editor is on its way. */
export function PosterText({ text }: { readonly text: string }) {
  const fontPx = useIde((state) => state.settings.editorFontPx);
  const all = text.split("\n", MAX_LINES + 1);
  const lines = all.slice(0, MAX_LINES);
  const digits = Math.max(NUMBER_CHARS, String(text.split("\n").length).length);
  const style = {
    "--poster-font": `${fontPx}px`,
    "--poster-line": `${lineHeightPx(fontPx)}px`,
    "--poster-digits": digits,
    "--poster-gutter": `${GUTTER_PX + FOLDING_PX}px`,
    "--poster-padding": `${PADDING_PX}px`,
  } as CSSProperties;
  return (
    <div className="poster" style={style} aria-busy="true">
      <div className="poster__numbers" aria-hidden>
        {lines.map((_, index) => index + 1).join("\n")}
      </div>
      <div className="poster__text">{lines.join("\n").replaceAll("\r", "")}</div>
    </div>
  );
}
