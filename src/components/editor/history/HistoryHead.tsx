import {
  ArrowDown,
  ArrowUp,
  Bookmark,
  Copy,
  Download,
  Ellipsis,
  GitCompareArrows,
} from "lucide-react";
import { useState } from "react";
import { canEdit } from "#store/control.ts";
import { useActions, useIde, useIdeContext, useNow } from "#store/hooks.tsx";
import { nameOfVersion } from "#store/metadata/versionNames.ts";
import type { FileHistory } from "#store/ot/fileHistory.ts";
import { initials } from "#store/presence.ts";
import { Avatar } from "../../ui/Avatar.tsx";
import { Button } from "../../ui/Button.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { MenuButton } from "../../ui/MenuButton.tsx";
import { Spinner } from "../../ui/Spinner.tsx";
import { downloadHistory, restoreVersion } from "./historyCommands.ts";
import { VersionNameField } from "./VersionNameField.tsx";
import { momentOf } from "./times.ts";
import { useAuthors } from "./useAuthors.ts";

interface HistoryHeadProps {
  readonly history: FileHistory;
  readonly version: number;
  /** The version it is compared with, if it is. */
  readonly base: number | undefined;
  readonly onCompare: () => void;
  readonly onDifference: (which: "next" | "previous") => void;
}

const count = new Intl.NumberFormat();

/** Which version this is, whose and of when, and what can be done with it. */
export function HistoryHead({ history, version, base, onCompare, onDifference }: HistoryHeadProps) {
  const ide = useIdeContext();
  const actions = useActions();
  const nowMs = useNow(60_000);
  const editable = useIde((state) => canEdit(state.control));
  const authorOf = useAuthors();
  const { path, versions, state, document } = history;
  const author = authorOf(versions.authorAt(version));
  const atMs = versions.timeAt(version);
  const called = useIde(
    ({ metadata }) => nameOfVersion(metadata.versionNames, version, atMs)?.name,
  );
  const [naming, setNaming] = useState<number>();
  const isNewest = version === versions.count;
  const isGone = useIde(({ ot }) => ot.documents[path]?.kind === "deleted");
  const mayRestore = document === undefined || isGone || !isNewest;
  const title =
    base === undefined
      ? `Version ${count.format(version)} of ${count.format(versions.count)}`
      : `Version ${count.format(base)} → ${count.format(version)}`;
  return (
    <header className="history__head">
      {/* A difference may be of many. */}
      {base === undefined &&
        (author.color === undefined ? (
          <span className="history__program" aria-hidden />
        ) : (
          <Avatar initials={initials(author.name)} color={author.color} />
        ))}
      {naming === version ? (
        <VersionNameField
          version={version}
          committedMs={atMs}
          name={called ?? ""}
          onDone={() => setNaming(undefined)}
        />
      ) : (
        <div className="history__what">
          <strong>{called === undefined ? title : `${called} · ${title}`}</strong>
          <span>
            {version === 1 ? "As it was found" : author.name} · {momentOf(atMs, nowMs)}
          </span>
        </div>
      )}
      {state.kind === "reading" && (
        <span className="history__progress" role="status">
          <Spinner />
          {state.expected !== undefined &&
            ` ${Math.floor((100 * versions.count) / state.expected)} %`}
        </span>
      )}
      {state.kind === "failed" && <span className="history__failure">{state.message}</span>}
      {base !== undefined && (
        <>
          <IconButton
            icon={ArrowUp}
            label="Previous difference"
            onClick={() => onDifference("previous")}
          />
          <IconButton
            icon={ArrowDown}
            label="Next difference"
            onClick={() => onDifference("next")}
          />
        </>
      )}
      <IconButton
        icon={GitCompareArrows}
        label="Compare two versions"
        aria-pressed={base !== undefined}
        onClick={onCompare}
      />
      {editable && (
        <Button
          small
          look="primary"
          disabled={!mayRestore}
          onClick={() => void restoreVersion(ide, history, version)}
        >
          Restore
        </Button>
      )}
      <MenuButton
        icon={Ellipsis}
        label="More about this history"
        items={[
          {
            label: called === undefined ? "Name this version" : "Rename this version",
            icon: Bookmark,
            disabled: !editable,
            onSelect: () => setNaming(version),
          },
          {
            label: "Copy the text of this version",
            icon: Copy,
            onSelect: () => void actions.copy(versions.textAt(version), "Text"),
          },
          {
            label: "Download the whole history",
            icon: Download,
            onSelect: () => downloadHistory(ide, history),
          },
        ]}
      />
    </header>
  );
}
