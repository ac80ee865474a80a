import { useMemo, useState, type KeyboardEvent } from "react";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { FileIcon } from "../ui/FileIcon.tsx";
import { Keys } from "../ui/Keys.tsx";
import "./Palette.css";
import { paletteItems, type PaletteItem } from "./paletteItems.ts";

interface PaletteProps {
  readonly initialQuery: string;
  readonly onClose: () => void;
}

const noFiles: readonly string[] = [];

function openModal(dialog: HTMLDialogElement | null): void {
  if (dialog?.isConnected === true && !dialog.open) dialog.showModal();
}

function scrollToChosen(item: HTMLElement | null): void {
  item?.scrollIntoView?.({ block: "nearest" });
}

/** One field that goes anywhere and does anything. */
export function Palette({ initialQuery, onClose }: PaletteProps) {
  const ide = useIdeContext();
  const all = useIde((state) => state.files.all) ?? noFiles;
  const [query, setQuery] = useState(initialQuery);
  const [chosen, setChosen] = useState(0);
  const { items, nothing } = useMemo(() => paletteItems(ide, query, all), [ide, query, all]);
  const active = Math.min(chosen, items.length - 1);

  const choose = (item: PaletteItem | undefined) => {
    if (item === undefined) return;
    onClose();
    // The dialog gives the keyboard back as it closes; what was chosen may want it after that.
    queueMicrotask(item.run);
  };
  const handleKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: Math.min(items.length - 1, active + 10),
      PageUp: Math.max(0, active - 10),
    };
    const to = steps[event.key];
    if (to !== undefined) setChosen((to + items.length) % Math.max(1, items.length));
    else if (event.key === "Enter") choose(items[active]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={openModal}
      className="palette"
      aria-label="Go to anything"
      onClose={onClose}
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <input
        autoFocus
        className="palette__input"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={items[active] === undefined ? undefined : `palette-${active}`}
        aria-label="File, > command, : line or @ person"
        placeholder="Go to a file"
        spellCheck={false}
        autoComplete="off"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={handleKey}
      />
      <div id="palette-list" className="palette__list" role="listbox" aria-label="Results">
        {items.length === 0 && <p className="palette__nothing">{nothing}</p>}
        {items.map((item, index) => (
          <div
            key={item.id}
            ref={index === active ? scrollToChosen : undefined}
            id={`palette-${index}`}
            className="palette__item"
            role="option"
            aria-selected={index === active}
            onClick={() => choose(item)}
            onPointerMove={() => index !== active && setChosen(index)}
          >
            {item.sign.kind === "file" && <FileIcon path={item.sign.path} />}
            {item.sign.kind === "person" && (
              <Avatar initials={item.sign.initials} color={item.sign.color} sizePx={20} />
            )}
            <span className="palette__title">{marked(item)}</span>
            {item.detail !== undefined && <span className="palette__detail">{item.detail}</span>}
            <Keys keys={item.shortcut} />
          </div>
        ))}
      </div>
      <div className="palette__hint">
        <span>&gt; commands</span>
        <span>: line</span>
        <span>@ people</span>
        <span>name:12 opens at line 12</span>
      </div>
    </dialog>
  );
}

function marked({ title, marks }: PaletteItem) {
  const met = new Set(marks);
  // Runs of met and unmet characters, so that few elements are made.
  const runs: { text: string; met: boolean }[] = [];
  for (let at = 0; at < title.length; at++) {
    const last = runs.at(-1);
    if (last?.met === met.has(at)) last.text += title.charAt(at);
    else runs.push({ text: title.charAt(at), met: met.has(at) });
  }
  return runs.map((run, index) => (run.met ? <b key={index}>{run.text}</b> : run.text));
}
