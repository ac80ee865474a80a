interface Place {
  readonly lineNumber: number;
  readonly column: number;
}

/** Around a name, in columns of the text, which are wider than the letters of a name. */
const PADDING_COLUMNS = 1;

/**
 * By how many columns a name is to go to the right, so as not to cover my own caret; `row` is the line
 * that it lies on.
 */
export function columnsAside(
  { column }: Place,
  row: number,
  name: string,
  mine: Place | null,
): number {
  const offset = (mine?.column ?? 0) - column;
  const isCovered = mine?.lineNumber === row && offset >= 0;
  return isCovered && offset <= name.length + PADDING_COLUMNS ? offset + 1 : 0;
}
