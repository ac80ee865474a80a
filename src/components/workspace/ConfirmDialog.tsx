import { useActions } from "#store/hooks.tsx";
import type { Question } from "#store/ui/overlay.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** A question before something that others feel too. */
export function ConfirmDialog({ question }: { readonly question: Question }) {
  const { overlay } = useActions();
  return (
    <Dialog title={question.title} widthPx={400} onClose={() => overlay.answer(false)}>
      <p>{question.detail}</p>
      <div className="dialog__actions">
        <Button onClick={() => overlay.answer(false)}>Cancel</Button>
        <Button
          look={question.danger ? "danger" : "primary"}
          data-autofocus
          onClick={() => overlay.answer(true)}
        >
          {question.confirmLabel}
        </Button>
      </div>
    </Dialog>
  );
}
