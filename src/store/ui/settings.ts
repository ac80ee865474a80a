import type { Cell } from "#common/lib/cell.ts";
import type { Memory } from "./memory.ts";

export type Theme = "system" | "light" | "dark";

/** How one person likes it, on this device. */
export interface SettingsState {
  readonly theme: Theme;
  readonly editorFontPx: number;
  readonly terminalFontPx: number;
  readonly wrap: boolean;
  readonly minimap: boolean;
  /** Whether the system is dark now; not stored. */
  readonly systemDark: boolean;
  /** When the names at other people's carets show. */
  readonly caretNames: "never" | "activity" | "always";
  /** What is shown of who wrote it. */
  readonly blame: "off" | "lines" | "characters";
  /** Whether the chat shows what is done between what is said. */
  readonly chatActivity: boolean;
  /** Whether there is a sound when somebody calls me. */
  readonly sound: boolean;
  /** Notices go to their list only, and nothing calls for attention; errors are shown all the same. */
  readonly quiet: boolean;
}

export const initialSettings: SettingsState = {
  theme: "system",
  editorFontPx: 13,
  terminalFontPx: 13,
  wrap: false,
  minimap: false,
  systemDark: false,
  caretNames: "activity",
  blame: "off",
  chatActivity: true,
  sound: false,
  quiet: false,
};

/** Whether the page is dark. */
export function isDark({ theme, systemDark }: SettingsState): boolean {
  return theme === "dark" || (theme === "system" && systemDark);
}

export const MIN_FONT_PX = 9;
export const MAX_FONT_PX = 32;

export interface SettingsActions {
  set(change: Partial<SettingsState>): void;
  zoomEditor(stepPx: number): void;
  nextTheme(): void;
}

const themes: readonly Theme[] = ["system", "light", "dark"];

export function createSettingsActions(cell: Cell<SettingsState>): SettingsActions {
  const set = (change: Partial<SettingsState>) => cell.update((state) => ({ ...state, ...change }));
  return {
    set,
    zoomEditor(stepPx) {
      const editorFontPx = boundedFont(cell.get().editorFontPx + stepPx);
      set({ editorFontPx, terminalFontPx: editorFontPx });
    },
    nextTheme() {
      const next = themes[(themes.indexOf(cell.get().theme) + 1) % themes.length];
      set({ theme: next ?? "system" });
    },
  };
}

function boundedFont(px: number): number {
  return Math.min(MAX_FONT_PX, Math.max(MIN_FONT_PX, px));
}

const KEY = "tandem.settings";

export function rememberSettings(memory: Memory, state: SettingsState): void {
  const { systemDark: _system, ...settings } = state;
  memory.write(KEY, settings);
}

/** The stored settings; what is missing or makes no sense is as at first. */
export function recallSettings(memory: Memory): SettingsState {
  const stored = memory.read(KEY);
  if (typeof stored !== "object" || stored === null) return initialSettings;
  const fields: Partial<Record<keyof SettingsState, unknown>> = stored;
  const font = (value: unknown, otherwise: number) =>
    typeof value === "number" ? boundedFont(value) : otherwise;
  const caretNames = (["never", "activity", "always"] as const).find(
    (choice) => choice === fields.caretNames,
  );
  return {
    theme: themes.find((theme) => theme === fields.theme) ?? initialSettings.theme,
    editorFontPx: font(fields.editorFontPx, initialSettings.editorFontPx),
    terminalFontPx: font(fields.terminalFontPx, initialSettings.terminalFontPx),
    wrap: fields.wrap === true,
    minimap: fields.minimap === true,
    systemDark: initialSettings.systemDark,
    caretNames: caretNames ?? initialSettings.caretNames,
    blame: fields.blame === "lines" || fields.blame === "characters" ? fields.blame : "off",
    chatActivity: fields.chatActivity !== false,
    sound: fields.sound === true,
    quiet: fields.quiet === true,
  };
}
