import { lazy, Suspense } from "react";
import { parsePane } from "#store/ui/panes.ts";
import { ChatPane } from "../chat/ChatPane.tsx";
import { EditorPane } from "../editor/EditorPane.tsx";
import { PreviewPane } from "../preview/PreviewPane.tsx";
import { ConsolePane } from "../run/ConsolePane.tsx";
import { ShellPane } from "../shell/ShellPane.tsx";
import { Spinner } from "../ui/Spinner.tsx";

const HistoryPane = lazy(async () => {
  const { HistoryPane: component } = await import("../editor/history/HistoryPane.tsx");
  return { default: component };
});

const DeletedPane = lazy(async () => {
  const { DeletedPane: component } = await import("../editor/history/DeletedPane.tsx");
  return { default: component };
});

/** The pane of a name. */
export function PaneView({ id }: { readonly id: string }) {
  const pane = parsePane(id);
  switch (pane?.kind) {
    case "file":
      return <EditorPane key={pane.path} pane={id} path={pane.path} />;
    case "history":
      return (
        <Suspense fallback={<Spinner />}>
          <HistoryPane key={pane.path} path={pane.path} />
        </Suspense>
      );
    case "shell":
      return <ShellPane name={pane.name} />;
    case "console":
      return <ConsolePane />;
    case "preview":
      return <PreviewPane />;
    case "chat":
      return <ChatPane />;
    case "deleted":
      return (
        <Suspense fallback={<Spinner />}>
          <DeletedPane />
        </Suspense>
      );
    case undefined:
      return null;
    default:
      return pane satisfies never;
  }
}
