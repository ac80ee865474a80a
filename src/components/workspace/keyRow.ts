/** A key of the row: a named key, or a text to type. */
export interface RowKey {
  readonly label: string;
  readonly key?:
    "Tab" | "Escape" | "Control" | "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";
  readonly text?: string;
}

const keyCodes: Readonly<Record<string, number>> = {
  Tab: 9,
  Escape: 27,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

/** Does with the focused element what the key would do on a keyboard. */
export function sendKey(target: Element | null, { key, text }: RowKey, ctrl: boolean): void {
  if (!(target instanceof HTMLTextAreaElement)) return;
  const inTerminal = target.closest(".xterm") !== null;
  if (text !== undefined && !inTerminal) return insert(target, text);
  if (inTerminal) {
    press(target, key ?? text ?? "", ctrl);
  } else if (key === "Tab") {
    insert(target, "\t");
  } else if (key === "Escape") {
    target.blur();
  } else if (key !== undefined) {
    moveCaret(target, key);
  }
}

/** As an edit of the person's own, so that the field's undo knows it. */
function insert(field: HTMLTextAreaElement, text: string): void {
  if (field.ownerDocument.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function press(target: HTMLElement, key: string, ctrlKey: boolean): void {
  const keyCode = keyCodes[key] ?? key.toUpperCase().charCodeAt(0);
  const init = { key, ctrlKey, bubbles: true, cancelable: true };
  const event = new KeyboardEvent("keydown", init);
  // Terminals still read the old number, which a made event does not carry.
  Object.defineProperty(event, "keyCode", { value: keyCode });
  const handled = !target.dispatchEvent(event);
  if (handled || key.length !== 1 || ctrlKey) return;
  const typed = new KeyboardEvent("keypress", init);
  Object.defineProperty(typed, "charCode", { value: key.charCodeAt(0) });
  target.dispatchEvent(typed);
}

function moveCaret(field: HTMLTextAreaElement, key: string): void {
  const { value, selectionStart: at } = field;
  const lineStart = value.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = (value.indexOf("\n", at) + value.length + 1) % (value.length + 1);
  const column = at - lineStart;
  let to = at;
  if (key === "ArrowLeft") to = at - 1;
  else if (key === "ArrowRight") to = at + 1;
  else if (key === "ArrowUp") {
    const above = value.lastIndexOf("\n", lineStart - 2) + 1;
    to = lineStart === 0 ? 0 : Math.min(above + column, lineStart - 1);
  } else if (key === "ArrowDown") {
    const below = value.indexOf("\n", lineEnd + 1);
    to = Math.min(lineEnd + 1 + column, below < 0 ? value.length : below);
  }
  const bounded = Math.min(value.length, Math.max(0, to));
  field.setSelectionRange(bounded, bounded);
}
