import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { Button } from "../Button.tsx";
import { Dialog } from "../Dialog.tsx";
import { IconButton } from "../IconButton.tsx";
import { Mount } from "../Mount.tsx";
import "./TerminalView.css";
import { terminalTheme } from "./terminalTheme.ts";
import { XtermBinding, type TerminalCallbacks, type TerminalSource } from "./xtermBinding.ts";

interface TerminalViewProps {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly source: TerminalSource;
  readonly isDark: boolean;
  readonly fontSizePx: number;
  readonly readOnly: boolean;
  /** Who may have given it a size that is not this pane's. */
  readonly sizedBy: string;
  readonly onOpenFile: TerminalCallbacks["openFile"];
  readonly onScrollBack: TerminalCallbacks["scrolledBack"];
  /** How far somebody has scrolled it back with whom it goes along. */
  readonly back: number | undefined;
  /** It is there and can take the keyboard; what is returned is called when it goes. */
  readonly onMount?: (terminal: { focus(): void }) => () => void;
}

/** A terminal with its search bar and its question before several lines are pasted. */
export function TerminalView({
  label,
  source,
  isDark,
  fontSizePx,
  readOnly,
  sizedBy,
  onOpenFile,
  onScrollBack,
  back,
  onMount,
}: TerminalViewProps) {
  const [binding, setBinding] = useState<XtermBinding>();
  const [isSearching, setSearching] = useState(false);
  const [foreign, setForeign] = useState<{ readonly cols: number; readonly rows: number }>();
  const [paste, setPaste] = useState<{ lines: number; answer: (yes: boolean) => void }>();
  const look = useMemo(
    () => ({
      fontSizePx,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-code"),
      theme: terminalTheme(isDark),
      readOnly,
      screenReader: false,
    }),
    [fontSizePx, isDark, readOnly],
  );
  useEffect(() => binding?.setLook(look), [binding, look]);
  useEffect(() => {
    if (back !== undefined) binding?.scrollBack(back);
  }, [binding, back]);
  const create = (element: HTMLElement): Promise<{ dispose(): void }> => {
    const callbacks: TerminalCallbacks = {
      openFile: onOpenFile,
      showForeignSize: setForeign,
      openSearch: () => setSearching(true),
      scrolledBack: onScrollBack,
      confirmPaste: (lines) => new Promise((answer) => setPaste({ lines, answer })),
    };
    const made = new XtermBinding(element, source, look, callbacks);
    const end = onMount?.(made);
    setBinding(made);
    const dispose = (): void => {
      end?.();
      made.dispose();
    };
    return Promise.resolve({ dispose });
  };
  const answer = (yes: boolean): void => {
    paste?.answer(yes);
    setPaste(undefined);
    binding?.focus();
  };
  return (
    <div className="terminal" role="group" aria-label={label}>
      <Mount className="terminal__screen" create={create} />
      {foreign !== undefined && (
        <p className="terminal__size" role="status">
          <span>
            {foreign.cols} × {foreign.rows}, set by {sizedBy}
          </span>
          {!readOnly && (
            <Button small onClick={() => binding?.takeSize()}>
              Use my size
            </Button>
          )}
        </p>
      )}
      {isSearching && binding !== undefined && (
        <TerminalSearch
          binding={binding}
          onClose={() => {
            setSearching(false);
            binding.focus();
          }}
        />
      )}
      {paste !== undefined && (
        <Dialog title={`Paste ${paste.lines} lines?`} widthPx={400} onClose={() => answer(false)}>
          <p>Each line runs as soon as it is pasted, for everyone in this terminal.</p>
          <div className="terminal__answers">
            <Button onClick={() => answer(false)}>Cancel</Button>
            <Button look="primary" data-autofocus onClick={() => answer(true)}>
              Paste
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function TerminalSearch({
  binding,
  onClose,
}: {
  readonly binding: XtermBinding;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState("");
  const [isFound, setFound] = useState(true);
  const find = (direction: "next" | "previous", wanted = text): void => {
    setFound(wanted === "" || binding.find(wanted, direction));
  };
  const handleKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") find(event.shiftKey ? "previous" : "next");
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="terminal__search">
      <input
        autoFocus
        aria-label="Find in the terminal"
        aria-invalid={!isFound}
        placeholder="Find"
        value={text}
        onKeyDown={handleKey}
        onChange={({ target }) => {
          setText(target.value);
          find("next", target.value);
        }}
      />
      <span className="terminal__found" role="status">
        {isFound ? "" : "None"}
      </span>
      <IconButton icon={ChevronUp} label="Previous" onClick={() => find("previous")} />
      <IconButton icon={ChevronDown} label="Next" onClick={() => find("next")} />
      <IconButton icon={X} label="Close" onClick={onClose} />
    </search>
  );
}
