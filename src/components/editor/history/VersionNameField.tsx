import { useState } from "react";
import { useActions } from "#store/hooks.tsx";

interface VersionNameFieldProps {
  readonly version: number;
  readonly committedMs: number;
  readonly name: string;
  readonly onDone: () => void;
}

const MAX_NAME_CHARS = 80;

/** What a version is to be called: Enter keeps it, Escape leaves it as it was. */
export function VersionNameField({ version, committedMs, name, onDone }: VersionNameFieldProps) {
  const actions = useActions();
  const [text, setText] = useState(name);
  const save = async () => {
    onDone();
    const wanted = text.trim();
    if (wanted === name) return;
    const failure = await actions.history.nameVersion(version, committedMs, wanted);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
  };
  return (
    <input
      ref={focus}
      className="field history__name-field"
      aria-label={`Name of version ${version}`}
      placeholder={`Name of version ${version}`}
      maxLength={MAX_NAME_CHARS}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={onDone}
      onKeyDown={({ key }) => {
        if (key === "Enter") void save();
        if (key === "Escape") onDone();
      }}
    />
  );
}

function focus(field: HTMLInputElement | null): void {
  field?.focus();
}
