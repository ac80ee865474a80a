import { CloudOff } from "lucide-react";
import { useState } from "react";
import { isLive, isOffline } from "#store/control.ts";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Mount } from "../ui/Mount.tsx";
import { CommentCard } from "./comments/CommentCard.tsx";
import type { CommentSpot } from "./comments/threadsBinding.ts";
import { DeletedNote } from "./DeletedNote.tsx";
import "./EditorPane.css";
import { FileView } from "./FileView.tsx";
import { openEditor, type OpenProblem } from "./openEditor.ts";
import { PosterText } from "./PosterText.tsx";
import { StoreNote } from "./StoreNote.tsx";

interface EditorPaneProps {
  readonly pane: string;
  readonly path: string;
}

/** A file: its text at once, an editor for it as soon as there is one, or why it has none. */
export function EditorPane({ pane, path }: EditorPaneProps) {
  const ide = useIdeContext();
  const poster = useIde((state) => state.poster?.file);
  const document = useIde((state) => state.ot.documents[path]);
  const [text, setText] = useState<string>();
  const [problem, setProblem] = useState<OpenProblem>();
  const [ready, setReady] = useState(false);
  const [comment, setComment] = useState<CommentSpot>();
  const [attempt, setAttempt] = useState(0);
  const live = useIde((state) => isLive(state.control));
  const offline = useIde((state) => isOffline(state.control));
  /** It could not be opened for want of a connection. */
  const [missed, setMissed] = useState(false);
  const early = text ?? (poster?.path === path ? poster.text : undefined);

  const retry = () => {
    setMissed(false);
    setProblem(undefined);
    setAttempt(attempt + 1);
  };
  if (missed && live) retry();
  if (problem !== undefined && !missed) {
    return <FileView path={path} problem={problem} onRetry={retry} />;
  }
  return (
    <div className="editor">
      {document?.kind === "deleted" && (
        <DeletedNote pane={pane} path={path} unsent={document.unsent} />
      )}
      {(document?.kind === "stuck" || document?.kind === "failed") && (
        <StoreNote isKept={document.kind === "stuck"} reason={document.message} />
      )}
      <div className="editor" data-ready={ready}>
        <Mount
          key={attempt}
          className="editor__mount"
          create={(element) =>
            openEditor(element, {
              ide,
              pane,
              path,
              onText: setText,
              onProblem: (found) => {
                setMissed(!isLive(ide.store.getState().control));
                setProblem(found);
              },
              onReady: () => setReady(true),
              onComment: setComment,
            })
          }
        />
        {!ready && early !== undefined && <PosterText text={early} />}
        {!ready && early === undefined && offline && (
          <Empty
            icon={CloudOff}
            title="Not connected"
            detail="This file opens as soon as the connection is back."
          />
        )}
      </div>
      {comment !== undefined && <CommentCard spot={comment} />}
    </div>
  );
}
