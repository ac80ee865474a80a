import { parsePane } from "#store/ui/panes.ts";
import { ChatPane } from "../chat/ChatPane.tsx";
import { EditorPane } from "../editor/EditorPane.tsx";
import { PreviewPane } from "../preview/PreviewPane.tsx";
import { ConsolePane } from "../run/ConsolePane.tsx";
import { ShellPane } from "../shell/ShellPane.tsx";

/** The pane of a name. */
export function PaneView({ id }: { readonly id: string }) {
  const pane = parsePane(id);
  switch (pane?.kind) {
    case "file":
      return <EditorPane key={pane.path} pane={id} path={pane.path} />;
    case "shell":
      return <ShellPane name={pane.name} />;
    case "console":
      return <ConsolePane />;
    case "preview":
      return <PreviewPane />;
    case "chat":
      return <ChatPane />;
    case undefined:
      return null;
    default:
      return pane satisfies never;
  }
}
