import "./FileHeading.css";
import { FileIcon } from "./FileIcon.tsx";

interface FileHeadingProps {
  readonly path: string;
  /** How many entries the list has for this file. */
  readonly count: number;
  readonly onOpen: () => void;
}

/** A file in a list of what is found in files; it stays in sight while its entries are. */
export function FileHeading({ path, count, onOpen }: FileHeadingProps) {
  return (
    <button type="button" className="file-heading" onClick={onOpen}>
      <FileIcon path={path} size={14} />
      <span className="file-heading__path">{path}</span>
      <span className="file-heading__count">{count}</span>
    </button>
  );
}
