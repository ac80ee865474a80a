import { useState } from "react";
import { sendKey, type RowKey } from "./keyRow.ts";

const keys: readonly RowKey[] = [
  { label: "Tab", key: "Tab" },
  { label: "Esc", key: "Escape" },
  { label: "Ctrl", key: "Control" },
  { label: "←", key: "ArrowLeft" },
  { label: "→", key: "ArrowRight" },
  { label: "↑", key: "ArrowUp" },
  { label: "↓", key: "ArrowDown" },
  { label: "{", text: "{" },
  { label: "}", text: "}" },
  { label: "(", text: "(" },
  { label: ")", text: ")" },
  { label: "[", text: "[" },
  { label: "]", text: "]" },
  { label: ";", text: ";" },
  { label: '"', text: '"' },
  { label: "/", text: "/" },
  { label: "|", text: "|" },
];

/** Keys for code above a phone's keyboard, which keeps the focus where it is. */
export function KeyRow() {
  const [ctrl, setCtrl] = useState(false);
  return (
    <div className="key-row" role="toolbar" aria-label="Keys">
      {keys.map((key) => (
        <button
          key={key.label}
          type="button"
          className="key-row__key"
          aria-pressed={key.key === "Control" ? ctrl : undefined}
          // A press that took the focus would close the keyboard.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => {
            if (key.key === "Control") return setCtrl(!ctrl);
            sendKey(document.activeElement, key, ctrl);
            setCtrl(false);
          }}
        >
          {key.label}
        </button>
      ))}
    </div>
  );
}
