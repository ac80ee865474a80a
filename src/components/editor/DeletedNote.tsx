import { FileX } from "lucide-react";
import { canEdit } from "#store/control.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";

/** The file is gone from the disk, its text is not. */
export function DeletedNote({ pane, path }: { readonly pane: string; readonly path: string }) {
  const actions = useActions();
  const editable = useIde((state) => canEdit(state.control));
  const restore = async () => {
    const failure = await actions.editors.saveAgain(pane, path);
    if (failure !== undefined) actions.notifications.notify({ tone: "error", text: failure });
  };
  return (
    <div className="editor__note" role="status">
      <FileX size={14} strokeWidth={1.75} aria-hidden />
      <span>This file was deleted. Its text is still here.</span>
      {editable && (
        <Button small onClick={() => void restore()}>
          Restore
        </Button>
      )}
      <Button small onClick={() => actions.layout.close([pane])}>
        Close
      </Button>
    </div>
  );
}
