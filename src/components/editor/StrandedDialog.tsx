import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { canEdit } from "#store/control.ts";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { describeStranded, strandedEdits, type StrandedEdits } from "#store/ot.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Empty.tsx";
import { bringBack, discardEdits, saveAsCopy, saveHere } from "#store/ot/rescue.ts";
import "./StrandedDialog.css";

/** Edits of mine that are in no file, and what can be done with them. */
export function StrandedDialog({ onClose }: { readonly onClose: () => void }) {
  const stranded = useIde((state) => strandedEdits(state.ot));
  return (
    <Dialog title="Edits that are not in their files" widthPx={560} onClose={onClose}>
      {stranded.length === 0 ? (
        <Empty icon={CircleCheck} title="Nothing waits any more" detail="All edits are in files." />
      ) : (
        <>
          <p>This browser keeps them until you decide.</p>
          <ul className="stranded">
            {stranded.map((each, index) => (
              <StrandedRow key={`${each.path} ${index}`} edits={each} />
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

function StrandedRow({ edits }: { readonly edits: StrandedEdits }) {
  const ide = useIdeContext();
  const [isBusy, setBusy] = useState(false);
  const [isSure, setSure] = useState(false);
  const mayEdit = useIde((state) => canEdit(state.control));
  const { path, problem, text } = edits;
  const start = (work: (ide: ReturnType<typeof useIdeContext>, path: string) => Promise<void>) => {
    setBusy(true);
    void work(ide, path).finally(() => setBusy(false));
  };
  return (
    <li className="stranded__file">
      <p>{describeStranded(edits)}</p>
      <div className="stranded__actions" role="group" aria-label={path}>
        {problem === undefined && mayEdit && (
          <Button small look="primary" disabled={isBusy} onClick={() => start(bringBack)}>
            Restore the file with my edits
          </Button>
        )}
        {mayEdit ? (
          <Button small disabled={isBusy} onClick={() => start(saveAsCopy)}>
            Save as a copy
          </Button>
        ) : (
          <Button small look="primary" onClick={() => saveHere(ide, edits)}>
            Save a copy on this computer
          </Button>
        )}
        {text !== undefined ? null : isSure ? (
          <Button small look="danger" onClick={() => discardEdits(ide, path)}>
            Discard for good
          </Button>
        ) : (
          <Button small disabled={isBusy} onClick={() => setSure(true)}>
            Discard
          </Button>
        )}
      </div>
    </li>
  );
}
