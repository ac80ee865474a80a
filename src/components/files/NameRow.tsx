import { Folder } from "lucide-react";
import { useRef, useState, type CSSProperties, type KeyboardEvent } from "react";
import { nameProblem, type Naming } from "#store/files.ts";
import { join, nameOf, parentOf } from "#store/files/paths.ts";
import { useActions, useIde, useIdeContext } from "#store/hooks.tsx";
import { FileIcon } from "../ui/FileIcon.tsx";
import { report } from "./fileCommands.ts";

interface NameRowProps {
  readonly naming: Naming;
  readonly depth: number;
  readonly top: number;
}

/** Focuses the field with the name selected, but not its extension. */
function selectStem(input: HTMLInputElement | null): void {
  if (input === null) return;
  input.focus();
  const dot = input.value.lastIndexOf(".");
  input.setSelectionRange(0, dot > 0 ? dot : input.value.length);
}

/** A name being typed in the tree: Enter takes it, Escape leaves things as they were. */
export function NameRow({ naming, depth, top }: NameRowProps) {
  const ide = useIdeContext();
  const actions = useActions();
  const files = useIde((state) => state.files);
  const rename = naming.kind === "rename";
  const parent = rename ? parentOf(naming.path) : naming.parent;
  const before = rename ? nameOf(naming.path) : "";
  const [name, setName] = useState(before);
  const problem = nameProblem(files, parent, name, rename ? naming.path : undefined);
  const directory = naming.kind === "create" && naming.entry === "directory";

  // Taking the field away takes the keyboard from it, which would accept a second time.
  const done = useRef(false);
  const cancel = () => {
    done.current = true;
    actions.files.startNaming(undefined);
  };
  const accept = async () => {
    if (done.current) return;
    if (name === before || name.trim() === "") return cancel();
    if (problem !== undefined) return;
    done.current = true;
    const outcome = rename
      ? await actions.files.rename(naming.path, name)
      : await actions.files.create(parent, name, naming.entry);
    report(ide, outcome);
    if (outcome.failure === undefined && !rename && !directory) {
      const path = join(parent, name);
      actions.layout.openFile(path);
      actions.editors.focus(`file:${path}`);
    }
  };
  const handleKey = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter") void accept();
    if (event.key === "Escape") cancel();
  };
  return (
    <div className="tree-row" style={{ top, "--depth": depth } as CSSProperties}>
      <span className="tree-row__twist" />
      {directory ? (
        <Folder size={16} strokeWidth={1.75} color="var(--text-3)" aria-hidden />
      ) : (
        <FileIcon path={name} />
      )}
      <input
        ref={selectStem}
        className="field tree-row__input"
        value={name}
        aria-label={rename ? `New name of ${before}` : "Name"}
        aria-invalid={name !== "" && problem !== undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setName(event.target.value)}
        onKeyDown={handleKey}
        onBlur={() => (problem === undefined ? void accept() : done.current || cancel())}
      />
      {name !== "" && problem !== undefined && (
        <span className="tree-row__problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
