/** A path in a line of output, by character offsets (`end` is one past the last). */
export interface FileLink {
  readonly start: number;
  readonly end: number;
  readonly path: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

// `path:12:3`, `path:12`, `path(12,3)`, and Python's `File "path", line 12`. A path needs a dot or a
// slash, so that `12:30` and `note:` are none.
const colonForm =
  /(?<![\w./-])((?:\.{0,2}\/)?[\w.@~+-]+(?:\/[\w.@~+-]+)*\.[A-Za-z]\w*)(?::(\d+)(?::(\d+))?|\((\d+),(\d+)\))/g;
const pythonForm = /File "([^"]+)", line (\d+)/g;

/** The files that a line of output names together with a place in them. */
export function findFileLinks(text: string): readonly FileLink[] {
  const links: FileLink[] = [];
  for (const match of text.matchAll(pythonForm)) {
    links.push(link(match.index, match[0], match[1], match[2], undefined));
  }
  for (const match of text.matchAll(colonForm)) {
    links.push(link(match.index, match[0], match[1], match[2] ?? match[4], match[3] ?? match[5]));
  }
  return links;
}

function link(
  start: number,
  whole: string,
  path = "",
  line: string | undefined,
  column: string | undefined,
): FileLink {
  return {
    start,
    end: start + whole.length,
    path,
    line: line === undefined ? undefined : Number(line),
    column: column === undefined ? undefined : Number(column),
  };
}
