import { useEffect, useState } from "react";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Mount } from "../ui/Mount.tsx";
import { HistoryBinding } from "./history/historyBinding.ts";
import "./history/HistoryPane.css";
import "./MergeDialog.css";
import { lookOf } from "./openEditor.ts";

/** What can be compared once a container has come back with another text. */
const VIEWS = [
  { label: "Here before, and now", before: "ours", after: "merged" },
  { label: "In the container, and now", before: "theirs", after: "merged" },
  { label: "Here before, and in the container", before: "ours", after: "theirs" },
] as const;

interface MergeDialogProps {
  readonly path: string;
  readonly onClose: () => void;
}

/** The texts that were put together: what was here, what the container had, and what is there now. */
export function MergeDialog({ path, onClose }: MergeDialogProps) {
  const { store } = useIdeContext();
  const merge = useIde((state) => state.ot.merges[path]);
  const [view, setView] = useState<(typeof VIEWS)[number]>(VIEWS[1]);
  const [binding, setBinding] = useState<HistoryBinding>();
  useEffect(() => {
    if (merge !== undefined) binding?.compare(merge[view.before], merge[view.after]);
  }, [binding, merge, view]);
  return (
    <Dialog title={`Difference in ${path}`} widthPx={960} onClose={onClose}>
      <div className="merge__views" role="group" aria-label="What to compare">
        {VIEWS.map((each) => (
          <Button key={each.label} small aria-pressed={each === view} onClick={() => setView(each)}>
            {each.label}
          </Button>
        ))}
      </div>
      {merge !== undefined && merge[view.before] === merge[view.after] && (
        <p role="status">These two are the same.</p>
      )}
      <Mount<HistoryBinding>
        className="merge__difference"
        create={(place) => HistoryBinding.mount(place, path, lookOf(store.getState(), place))}
        onReady={setBinding}
      />
    </Dialog>
  );
}
