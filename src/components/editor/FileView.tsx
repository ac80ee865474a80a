import { Download, FileLock, FileQuestionMark, FileX, Lock } from "lucide-react";
import { useActions, useFileBytes } from "#store/hooks.tsx";
import { filePane } from "#store/ui/panes.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import { describeSize, hexDump, mediaOf } from "./fileContent.ts";
import "./FileView.css";
import { MediaView } from "./MediaView.tsx";
import type { OpenProblem } from "./openEditor.ts";

interface FileViewProps {
  readonly path: string;
  readonly problem: OpenProblem;
  readonly onRetry: () => void;
}

const SHOWN_TEXT_BYTES = 256 * 1024;
const SHOWN_HEX_BYTES = 4 * 1024;

/** A file that cannot be edited as text: as a picture, as its beginning, or with the reason. */
export function FileView({ path, problem, onRetry }: FileViewProps) {
  const actions = useActions();
  const readable = problem.code === "not-text" || problem.code === "too-large";
  const content = useFileBytes(readable ? path : undefined);
  if (!readable) {
    const missing = problem.code === "not-found";
    return (
      <Empty
        icon={missing ? FileX : problem.code === "denied" ? FileLock : FileQuestionMark}
        title={missing ? "This file is not there any more" : "This file could not be opened"}
        detail={missing ? path : problem.message}
      >
        <Button onClick={onRetry}>Try again</Button>
        {missing && <Button onClick={() => actions.history.open(path)}>Show history</Button>}
        <Button onClick={() => actions.layout.close([filePane(path)])}>Close</Button>
      </Empty>
    );
  }
  if (content.isTooLarge === true) {
    return (
      <Empty
        icon={FileX}
        title="This file is too large to be shown"
        detail={
          <>
            A terminal can read it: <code>less {path}</code>
          </>
        }
      >
        <Button onClick={() => actions.layout.close([filePane(path)])}>Close</Button>
      </Empty>
    );
  }
  if (content.failure !== undefined) {
    return (
      <Empty icon={FileX} title="This file could not be read" detail={content.failure}>
        <Button onClick={onRetry}>Try again</Button>
      </Empty>
    );
  }
  const { bytes } = content;
  if (bytes === undefined) {
    return (
      <div className="file-view__head">
        <Spinner /> Reading
      </div>
    );
  }
  const media = mediaOf(path);
  const binary = problem.code === "not-text";
  return (
    <div className="file-view">
      <div className="file-view__head">
        <Lock size={14} strokeWidth={1.75} aria-hidden />
        <span>
          {media !== undefined
            ? "Preview"
            : binary
              ? "Not UTF-8 text, so it cannot be edited here. These are its first bytes."
              : "Too large to be edited together. This is its beginning, to be read."}{" "}
          · {describeSize(bytes.byteLength)}
        </span>
        <Button small onClick={() => actions.download(path)}>
          <Download size={14} strokeWidth={1.75} aria-hidden />
          Download
        </Button>
      </div>
      {media !== undefined ? (
        <MediaView path={path} bytes={bytes} media={media} />
      ) : (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolls by keyboard
        <pre className="file-view__text" tabIndex={0}>
          {binary
            ? hexDump(bytes.subarray(0, SHOWN_HEX_BYTES))
            : new TextDecoder().decode(bytes.subarray(0, SHOWN_TEXT_BYTES))}
        </pre>
      )}
    </div>
  );
}
