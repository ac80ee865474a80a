import "./FileIcon.css";
import { fileKind } from "./fileKinds.ts";

/** The sign of a file's kind, in the colour of its language. */
export function FileIcon({ path, size = 16 }: { readonly path: string; readonly size?: number }) {
  const { icon: Icon, tint } = fileKind(path);
  return (
    <Icon size={size} strokeWidth={1.75} style={{ color: `var(--tint-${tint})` }} aria-hidden />
  );
}
