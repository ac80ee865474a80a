import { useState } from "react";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { Mount } from "../ui/Mount.tsx";
import { CommentCard } from "./comments/CommentCard.tsx";
import type { CommentSpot } from "./comments/commentsBinding.ts";
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
  const early = text ?? (poster?.path === path ? poster.text : undefined);

  if (problem !== undefined) {
    return (
      <FileView
        path={path}
        problem={problem}
        onRetry={() => {
          setProblem(undefined);
          setAttempt(attempt + 1);
        }}
      />
    );
  }
  return (
    <div className="editor">
      {document?.kind === "deleted" && <DeletedNote pane={pane} path={path} />}
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
              onProblem: setProblem,
              onReady: () => setReady(true),
              onComment: setComment,
            })
          }
        />
        {!ready && early !== undefined && <PosterText text={early} />}
      </div>
      {comment !== undefined && <CommentCard spot={comment} />}
    </div>
  );
}
