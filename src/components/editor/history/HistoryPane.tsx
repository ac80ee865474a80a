import { History } from "lucide-react";
import { Empty } from "../../ui/Empty.tsx";
import { Spinner } from "../../ui/Spinner.tsx";
import { HistoryView } from "./HistoryView.tsx";
import "./HistoryPane.css";
import { useFileHistory } from "./useFileHistory.ts";

/** What a file has been, beside what it is. */
export function HistoryPane({ path }: { readonly path: string }) {
  const history = useFileHistory(path);
  if (history !== undefined && history.versions.count > 0) {
    return <HistoryView history={history} versions={history.versions} />;
  }
  if (history?.state.kind === "failed") {
    const none = history.state.code === "not-found";
    return (
      <Empty
        icon={History}
        title={none ? "Nobody has edited this file here" : "The history could not be read"}
        detail={none ? "Edits will appear as you type." : history.state.message}
      />
    );
  }
  return (
    <div className="history__reading">
      <Spinner /> Reading the history
    </div>
  );
}
