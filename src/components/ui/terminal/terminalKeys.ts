/** What of a key press a terminal needs to know. */
export interface TerminalKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/**
 * Whom a key belongs to while a terminal has the focus. `program`: it goes to the terminal. `app`: the
 * page's own shortcuts take it. Ctrl+C copies only when something is selected and interrupts otherwise;
 * AltGr arrives as Ctrl+Alt on some systems and is always the program's.
 */
export function keyMeaning(
  event: TerminalKey,
  hasSelection: boolean,
): "program" | "app" | "copy" | "paste" | "search" {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = event;
  if (key === "F1" || key === "F6") return "app";
  if (altKey && !ctrlKey && !metaKey && /^\d$/.test(key)) return "app";
  if (ctrlKey && altKey) return "program";
  const letter = key.toLowerCase();
  if (metaKey && !ctrlKey) {
    if (letter === "c") return hasSelection ? "copy" : "program";
    if (letter === "v") return "paste";
    return "app";
  }
  if (!ctrlKey) return shiftKey && key === "Insert" ? "paste" : "program";
  if (key === "Insert") return hasSelection ? "copy" : "program";
  if (key === "`" || key === "~") return "app";
  if (shiftKey) {
    if (letter === "c") return "copy";
    if (letter === "v") return "paste";
    if (letter === "f") return "search";
    if (letter === "p") return "app";
    return "program";
  }
  if (letter === "c" && hasSelection) return "copy";
  if (letter === "v") return "paste";
  return "program";
}
