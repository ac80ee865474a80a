import { useActions, useIde } from "#store/hooks.tsx";
import { MAX_FONT_PX, MIN_FONT_PX, type SettingsState } from "#store/ui/settings.ts";
import { Dialog } from "../ui/Dialog.tsx";
import "./SettingsDialog.css";

const themes = [
  { value: "system", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

const caretNames = [
  { value: "activity", label: "When they move" },
  { value: "always", label: "Always" },
  { value: "never", label: "Never" },
] as const;

const blame = [
  { value: "off", label: "Nowhere" },
  { value: "lines", label: "At lines" },
  { value: "characters", label: "On all text" },
] as const;

/** How one person likes it, on this device. Everything takes effect at once. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const actions = useActions();
  const settings = useIde((state) => state.settings);
  return (
    <Dialog title="Settings" widthPx={520} onClose={onClose}>
      <Choice
        label="Theme"
        options={themes}
        value={settings.theme}
        onChange={(theme) => actions.settings.set({ theme })}
      />
      <Choice
        label="Names at carets"
        options={caretNames}
        value={settings.caretNames}
        onChange={(names) => actions.settings.set({ caretNames: names })}
      />
      <Choice
        label="Colours of who wrote it"
        options={blame}
        value={settings.blame}
        onChange={(choice) => actions.settings.set({ blame: choice })}
      />
      <FontSize label="Size of code" field="editorFontPx" />
      <FontSize label="Size of terminals" field="terminalFontPx" />
      <Check label="Wrap long lines" field="wrap" />
      <Check label="Overview of the file at the edge" field="minimap" />
      <Check label="What the room does, in the chat" field="chatActivity" />
      <Check label="A sound when somebody mentions me" field="sound" />
      <Check label="Quiet: notices wait in their list" field="quiet" />
    </Dialog>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  return (
    <div className="settings__row" role="radiogroup" aria-label={label}>
      <span className="settings__label">{label}</span>
      <span className="settings__choice">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={label}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </span>
    </div>
  );
}

interface FontSizeProps {
  readonly label: string;
  readonly field: "editorFontPx" | "terminalFontPx";
}

function FontSize({ label, field }: FontSizeProps) {
  const actions = useActions();
  const px = useIde((state) => state.settings[field]);
  return (
    <div className="settings__row">
      <label htmlFor={`setting-${field}`}>{label}</label>
      <input
        id={`setting-${field}`}
        className="field settings__number"
        type="number"
        min={MIN_FONT_PX}
        max={MAX_FONT_PX}
        value={px}
        onChange={({ target }) => {
          const value = target.valueAsNumber;
          const possible = value >= MIN_FONT_PX && value <= MAX_FONT_PX;
          if (possible) actions.settings.set({ [field]: value });
        }}
      />
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly field: keyof Pick<
    SettingsState,
    "wrap" | "minimap" | "chatActivity" | "sound" | "quiet"
  >;
}

function Check({ label, field }: CheckProps) {
  const actions = useActions();
  const checked = useIde((state) => state.settings[field]);
  return (
    <div className="settings__row">
      <label htmlFor={`setting-${field}`}>{label}</label>
      <input
        id={`setting-${field}`}
        className="settings__check"
        type="checkbox"
        checked={checked}
        onChange={({ target }) => actions.settings.set({ [field]: target.checked })}
      />
    </div>
  );
}
