import { Check, CloudOff, Eye, TriangleAlert } from "lucide-react";
import { canEdit, isLive, isOffline, VIEW_ONLY } from "#store/control.ts";
import { useActions, useIde, useLasting } from "#store/hooks.tsx";
import { describeUnsent, storeProblem, strandedEdits, unsentEdits } from "#store/ot.ts";
import { Spinner } from "../ui/Spinner.tsx";

/** Always true, always there: whether anything typed could still be lost. */
export function SavedNote() {
  const { overlay } = useActions();
  const unsent = useIde((state) => unsentEdits(state.ot));
  const isStranded = useIde((state) => strandedEdits(state.ot).length > 0);
  const live = useIde((state) => isLive(state.control));
  const problem = useIde((state) => storeProblem(state.ot));
  const unkept = useIde((state) => state.ot.journalProblem);
  const started = useIde(({ control }) => control.everConnected || isOffline(control));
  const mayEdit = useIde((state) => canEdit(state.control));
  // A packet and its answer take a few milliseconds; only what takes longer is told.
  const slow = useLasting(unsent > 0, 600);
  if (!started && unsent === 0) return null;
  if (!mayEdit && isStranded) {
    return (
      <button
        type="button"
        className="saved saved--bad saved--button"
        data-tip={VIEW_ONLY}
        onClick={() => overlay.open({ kind: "stranded" })}
      >
        <TriangleAlert size={13} strokeWidth={1.75} aria-hidden />
        View only, with edits of yours
      </button>
    );
  }
  if (!mayEdit) {
    return (
      <span className="saved" data-tip={VIEW_ONLY}>
        <Eye size={13} strokeWidth={1.75} aria-hidden />
        View only
      </span>
    );
  }
  if (unsent > 0 && unkept !== undefined && (!live || slow)) {
    return (
      <span className="saved saved--bad" data-tip={`This browser cannot keep it: ${unkept}.`}>
        <TriangleAlert size={13} strokeWidth={1.75} aria-hidden />
        {describeUnsent(unsent)}, in this tab only
      </span>
    );
  }
  if (!live) {
    return (
      <span className="saved saved--waiting" data-tip="Kept in this browser until it can be sent.">
        <CloudOff size={13} strokeWidth={1.75} aria-hidden />
        {unsent === 0 ? "Offline" : describeUnsent(unsent)}
      </span>
    );
  }
  if (isStranded && slow) {
    return (
      <button
        type="button"
        className="saved saved--bad saved--button"
        data-tip="They are kept in this browser, but cannot be saved where they were made."
        onClick={() => overlay.open({ kind: "stranded" })}
      >
        <TriangleAlert size={13} strokeWidth={1.75} aria-hidden />
        {describeUnsent(unsent)}
      </button>
    );
  }
  if (problem !== undefined) {
    return (
      <span className="saved saved--bad" data-tip={problem}>
        <TriangleAlert size={13} strokeWidth={1.75} aria-hidden />
        {unsent === 0 ? "Not saved" : describeUnsent(unsent)}
      </span>
    );
  }
  if (slow) {
    return (
      <span className="saved">
        <Spinner />
        Saving
      </span>
    );
  }
  return (
    <span className="saved" data-tip="Every edit is on disk. Edits are saved as you type.">
      <Check size={13} strokeWidth={2} aria-hidden />
      Saved
    </span>
  );
}
