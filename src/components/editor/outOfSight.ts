/** Someone's caret, and the line that it is in. */
export interface CaretLine {
  readonly session: number;
  readonly name: string;
  /** Place in the people's palette. */
  readonly color: number;
  readonly line: number;
}

/** At one edge of an editor: who is further on, and where. */
export interface Hint {
  readonly session: number;
  readonly name: string;
  readonly color: number;
  readonly line: number;
}

/** Who has no caret between two lines, at the edge that is nearest to one of theirs; nearest first. */
export function hintsOf(
  carets: readonly CaretLine[],
  first: number,
  last: number,
): { readonly above: readonly Hint[]; readonly below: readonly Hint[] } {
  const nearest = new Map<number, Hint & { readonly distance: number }>();
  for (const { session, name, color, line } of carets) {
    const distance = Math.max(first - line, line - last, 0);
    if (distance < (nearest.get(session)?.distance ?? Infinity)) {
      nearest.set(session, { session, name, color, line, distance });
    }
  }
  const hints = [...nearest.values()]
    .filter(({ distance }) => distance > 0)
    .toSorted((a, b) => a.distance - b.distance);
  return {
    above: hints.filter(({ line }) => line < first),
    below: hints.filter(({ line }) => line > last),
  };
}
