/** What is needed of a keyboard event, so that tables can be checked without a browser. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export type Platform = "mac" | "other";

export function platformOf(userAgent: string): Platform {
  return /Mac|iPhone|iPad/.test(userAgent) ? "mac" : "other";
}

interface Chord {
  readonly ctrl: boolean;
  readonly meta: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

/**
 * Reads `Mod+Shift+P`. `Mod` is Cmd on a Mac and Ctrl elsewhere. The last part is the key as it is
 * printed, in capitals for letters, or its name (`Enter`, `F1`, `PageDown`).
 */
export function parseKeys(keys: string, platform: Platform): Chord {
  const parts = keys.split("+");
  // `Mod++` ends in the key itself.
  const key = parts.at(-1) === "" ? "+" : (parts.at(-1) ?? "");
  const has = (name: string) => parts.slice(0, -1).includes(name);
  const mac = platform === "mac";
  return {
    ctrl: has("Ctrl") || (has("Mod") && !mac),
    meta: has("Meta") || (has("Mod") && mac),
    alt: has("Alt"),
    shift: has("Shift"),
    key: key.toLowerCase(),
  };
}

/** Whether a press is the chord `keys`. */
export function matchesKeys(press: KeyPress, keys: string, platform: Platform): boolean {
  const chord = parseKeys(keys, platform);
  if (press.ctrlKey !== chord.ctrl || press.metaKey !== chord.meta || press.altKey !== chord.alt) {
    return false;
  }
  // A sign such as `?` carries its own Shift, which differs from keyboard to keyboard.
  if (!chord.shift && isSign(chord.key) && press.key === chord.key) return true;
  if (press.shiftKey !== chord.shift) return false;
  // Alt and Shift change what a key prints; its place on the keyboard stays.
  const byPlace = (chord.alt || chord.shift) && placeOf(press.code) === chord.key;
  return byPlace || press.key.toLowerCase() === chord.key;
}

const signPlaces: Readonly<Record<string, string>> = {
  Backquote: "`",
  Slash: "/",
  Backslash: "\\",
  Comma: ",",
};

/** What the key at a place prints without modifiers on a US keyboard. */
function placeOf(code: string): string {
  return signPlaces[code] ?? code.replace(/^(Key|Digit)/, "").toLowerCase();
}

function isSign(key: string): boolean {
  return key.length === 1 && !/[a-z0-9]/.test(key);
}

const macSigns: Readonly<Record<string, string>> = {
  Mod: "⌘",
  Meta: "⌘",
  Ctrl: "⌃",
  Alt: "⌥",
  Shift: "⇧",
  Enter: "↵",
  PageDown: "⇟",
  PageUp: "⇞",
};

/** The parts of a chord as a person sees them on the keyboard. */
export function keyParts(keys: string, platform: Platform): readonly string[] {
  const parts = keys.endsWith("++") ? [...keys.slice(0, -2).split("+"), "+"] : keys.split("+");
  return parts.map((part) => {
    if (platform === "mac") return macSigns[part] ?? part;
    return part === "Mod" ? "Ctrl" : part.replace("Page", "Page ");
  });
}

/** One line: `Ctrl+Shift+P`, or `⌃⇧P` on a Mac. */
export function keyLabel(keys: string, platform: Platform): string {
  return keyParts(keys, platform).join(platform === "mac" ? "" : "+");
}
