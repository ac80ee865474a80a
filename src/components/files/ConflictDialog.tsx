import { useActions, useIde } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";

/** What to do with dropped files whose names are taken; asked once for all of them. */
export function ConflictDialog() {
  const { files } = useActions();
  const answer = (choice: "replace" | "keep-both" | "skip") => files.answerConflict(choice);
  const conflict = useIde((state) => state.files.conflict);
  if (conflict === undefined) return null;
  const { names, directory } = conflict;
  const place = directory === "." ? "the project" : directory;
  const [first = ""] = names;
  const what = names.length === 1 ? `${first} is` : `${names.length} of the names are`;
  return (
    <Dialog title="Names are taken" widthPx={440} onClose={() => answer("skip")}>
      <p>
        {what} already in {place}.
      </p>
      <div className="dialog__actions">
        <Button onClick={() => answer("skip")}>Leave out</Button>
        <Button onClick={() => answer("keep-both")}>Keep both</Button>
        <Button look="danger" onClick={() => answer("replace")}>
          Replace
        </Button>
      </div>
    </Dialog>
  );
}
