import type { FileRow, Naming } from "#store/files.ts";
import { isInside, parentOf } from "#store/files/paths.ts";

/** What a key of the tree pattern does: goes to a row, or opens or closes the present one. */
export type KeyStep =
  | { readonly kind: "go"; readonly index: number }
  | { readonly kind: "toggle"; readonly expanded: boolean };

const PAGE_ROWS = 12;

/** The tree's answer to a key, or undefined when it is not the tree's. */
export function keyStep(
  key: string,
  rows: readonly FileRow[],
  focused: number,
): KeyStep | undefined {
  const row = rows[focused];
  const go = (index: number): KeyStep => ({
    kind: "go",
    index: Math.min(rows.length - 1, Math.max(0, index)),
  });
  switch (key) {
    case "ArrowDown":
      return go(focused + 1);
    case "ArrowUp":
      return go(focused - 1);
    case "PageDown":
      return go(focused + PAGE_ROWS);
    case "PageUp":
      return go(focused - PAGE_ROWS);
    case "Home":
      return go(0);
    case "End":
      return go(rows.length - 1);
    case "ArrowRight":
      if (row?.kind !== "directory") return undefined;
      return row.expanded ? go(focused + 1) : { kind: "toggle", expanded: true };
    case "ArrowLeft": {
      if (row === undefined) return undefined;
      if (row.expanded) return { kind: "toggle", expanded: false };
      const parent = rows.findIndex(({ path }) => path === parentOf(row.path));
      return parent < 0 ? undefined : go(parent);
    }
    default:
      return findByLetter(key, rows, focused, go);
  }
}

/** A letter goes to the next row that begins with it. */
function findByLetter(
  key: string,
  rows: readonly FileRow[],
  focused: number,
  go: (index: number) => KeyStep,
): KeyStep | undefined {
  if (!/^[\p{L}\p{N}._-]$/u.test(key)) return undefined;
  const letter = key.toLowerCase();
  for (let step = 1; step <= rows.length; step++) {
    const index = (focused + step) % rows.length;
    if (rows[index]?.name.toLowerCase().startsWith(letter) === true) return go(index);
  }
  return undefined;
}

/** A line of the tree: a file, or the field for a name being typed. */
export type TreeLine =
  | { readonly kind: "row"; readonly row: FileRow }
  | { readonly kind: "naming"; readonly naming: Naming; readonly depth: number };

/** The rows with the field where the name belongs: in place of the old one, or first in its folder. */
export function withNaming(
  rows: readonly FileRow[],
  naming: Naming | undefined,
): readonly TreeLine[] {
  const lines = rows.map((row): TreeLine => ({ kind: "row", row }));
  if (naming === undefined) return lines;
  if (naming.kind === "rename") {
    return lines.map((line) =>
      line.kind === "row" && line.row.path === naming.path
        ? { kind: "naming", naming, depth: line.row.depth }
        : line,
    );
  }
  const { parent, entry } = naming;
  const folder = rows.findIndex(({ path }) => path === parent);
  const depth = folder < 0 ? 0 : (rows[folder]?.depth ?? 0) + 1;
  // A new file goes below the folders that it will stand below.
  const isSubfolder = ({ path, kind, depth: at }: FileRow) =>
    isInside(path, parent) && (at > depth || kind === "directory");
  let index = folder + 1;
  while (entry === "file") {
    const row = rows[index];
    if (row === undefined || row.depth < depth || !isSubfolder(row)) break;
    index++;
  }
  return lines.toSpliced(index, 0, { kind: "naming", naming, depth });
}
