import { History, TriangleAlert } from "lucide-react";
import { isOffline } from "#store/control.ts";
import { useIde } from "#store/hooks.tsx";
import { Button } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Empty.tsx";
import { NotConnected } from "../../ui/NotConnected.tsx";
import { Spinner } from "../../ui/Spinner.tsx";
import { HistoryView } from "./HistoryView.tsx";
import "./HistoryPane.css";
import { useFileHistory } from "./useFileHistory.ts";

/** What a file has been, beside what it is. */
export function HistoryPane({ path }: { readonly path: string }) {
  const history = useFileHistory(path);
  const offline = useIde((state) => isOffline(state.control));
  if (history !== undefined && history.versions.count > 0) {
    return <HistoryView history={history} versions={history.versions} />;
  }
  if (offline) return <NotConnected detail="The history comes with the connection." />;
  if (history?.state.kind === "failed" && history.state.code === "not-found") {
    return (
      <Empty
        icon={History}
        title="Nobody has edited this file here"
        detail="Edits will appear as you type."
      />
    );
  }
  if (history?.state.kind === "failed") {
    return (
      <Empty
        icon={TriangleAlert}
        title="The history could not be read"
        detail={history.state.message}
      >
        <Button onClick={() => history.retry()}>Try again</Button>
      </Empty>
    );
  }
  return (
    <div className="history__reading">
      <Spinner /> Reading the history
    </div>
  );
}
