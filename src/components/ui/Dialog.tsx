import { X } from "lucide-react";
import type { CSSProperties, MouseEvent, ReactNode } from "react";
import "./Dialog.css";
import { IconButton } from "./IconButton.tsx";

interface DialogProps {
  readonly title: string;
  readonly widthPx?: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function openModal(dialog: HTMLDialogElement | null): void {
  if (dialog?.isConnected !== true || dialog.open) return;
  dialog.showModal();
  // Else the browser chooses the button that closes it.
  const first =
    dialog.querySelector<HTMLElement>("[data-autofocus]") ?? dialog.querySelector("div[tabindex]");
  if (first instanceof HTMLElement) first.focus();
}

/** A modal dialog: the browser keeps the keyboard inside and gives it back afterwards. */
export function Dialog({ title, widthPx = 480, onClose, children }: DialogProps) {
  // A click that reaches the dialog itself came from outside of its content.
  const closeOnBackdrop = (event: MouseEvent) => {
    if (event.target === event.currentTarget) onClose();
  };
  return (
    <dialog
      ref={openModal}
      className="dialog"
      style={{ "--dialog-width": `${widthPx}px` } as CSSProperties}
      aria-label={title}
      onClose={onClose}
      onMouseDown={closeOnBackdrop}
    >
      <div className="dialog__head">
        <h2 className="dialog__title">{title}</h2>
        <IconButton icon={X} label="Close" onClick={onClose} />
      </div>
      <div className="dialog__body" tabIndex={-1}>
        {children}
      </div>
    </dialog>
  );
}
