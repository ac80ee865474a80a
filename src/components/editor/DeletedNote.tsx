import { FileX } from "lucide-react";
import { canEdit } from "#store/control.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { describeUnsent } from "#store/ot.ts";
import { Button } from "../ui/Button.tsx";

interface DeletedNoteProps {
  readonly pane: string;
  readonly path: string;
  /** Edits that only this browser has. */
  readonly unsent: number;
}

/** The file is gone from the disk, its text is not. */
export function DeletedNote({ pane, path, unsent }: DeletedNoteProps) {
  const ide = useIdeContext();
  const actions = useActions();
  const editable = useIde((state) => canEdit(state.control));
  const restore = async () => {
    if (unsent > 0) {
      // Written with the text that is shown, the edits would come a second time.
      const { bringBack } = await import("#store/ot/rescue.ts");
      return bringBack(ide, path);
    }
    const failure = await actions.editors.saveAgain(pane, path);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
  };
  return (
    <div className="editor__note" role="status">
      <FileX size={14} strokeWidth={1.75} aria-hidden />
      <span>
        This file was deleted. Its text is still here
        {unsent > 0 && `, with ${describeUnsent(unsent)}`}.
      </span>
      {editable && (
        <Button small onClick={() => void restore()}>
          Restore
        </Button>
      )}
      {unsent > 0 && (
        <Button small onClick={() => actions.overlay.open({ kind: "stranded" })}>
          More
        </Button>
      )}
      <Button small onClick={() => actions.layout.close([pane])}>
        Close
      </Button>
    </div>
  );
}
