import { TriangleAlert } from "lucide-react";

interface StoreNoteProps {
  /** Whether it will be stored later. */
  readonly isKept: boolean;
  readonly reason: string;
}

/** The host does not store what is typed, and why. */
export function StoreNote({ isKept, reason }: StoreNoteProps) {
  return (
    <div className="editor__note editor__note--bad" role="alert">
      <TriangleAlert size={14} strokeWidth={1.75} aria-hidden />
      <span>
        {isKept
          ? `Not saved: ${reason}. Keep this page open: what you type stays here, and is stored as soon as the host can.`
          : `Not saved any more: ${reason}. Copy what you want to keep.`}
      </span>
    </div>
  );
}
