/** The `@name` that is being typed at the caret, if one is. */
export function mentionAt(
  text: string,
  caret: number,
): { readonly start: number; readonly query: string } | undefined {
  const match = /(?:^|\s)@([^\s@]{0,30})$/u.exec(text.slice(0, caret));
  if (match === null) return undefined;
  const [, query = ""] = match;
  return { start: caret - query.length - 1, query };
}
