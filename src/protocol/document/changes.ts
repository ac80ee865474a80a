import { normalize, wellFormed, type Component, type Op } from "#common/ot/op.ts";
import type { Text } from "#common/ot/text.ts";
import type { TextChange } from "../document.ts";

/**
 * One op for edits that were made at once on `text`. It keeps the lengths that the editor has, in
 * UTF-16: half a pair, typed or left over by a cut, becomes one replacement character.
 */
export function toOp(text: Text, changes: readonly TextChange[]): Op {
  const components: Component[] = [];
  let at = 0;
  for (const { offset, deleteLength, insert } of changes.toSorted((a, b) => a.offset - b.offset)) {
    if (deleteLength === 0 && insert === "") continue;
    const from = place(text, offset);
    const to = deleteLength === 0 ? from : place(text, offset + deleteLength);
    // A pair that is cut goes as a whole, and comes back with what is left of it.
    const end = to.pair === undefined ? to.position : to.position + 1;
    const rest = (from.pair?.charAt(0) ?? "") + insert + (to.pair?.charAt(1) ?? "");
    components.push(from.position - at, wellFormed(rest), from.position - end);
    at = end;
  }
  return normalize(components);
}

/** The replacements that `op` makes in `text`, which it has not changed yet; offsets before all. */
export function toChanges(text: Text, op: Op): TextChange[] {
  const changes: TextChange[] = [];
  let at = 0;
  let insert = "";
  let deleted = 0;
  const finish = (): void => {
    if (insert === "" && deleted === 0) return;
    const offset = text.codePointToUtf16(at - deleted);
    changes.push({ offset, deleteLength: text.codePointToUtf16(at) - offset, insert });
    insert = "";
    deleted = 0;
  };
  for (const component of op) {
    if (typeof component === "string") {
      insert += component;
    } else if (component < 0) {
      deleted -= component;
      at -= component;
    } else {
      finish();
      at += component;
    }
  }
  finish();
  return changes;
}

/** The code point at an offset; `pair` is the one that the offset cuts in two, if it does. */
function place(
  text: Text,
  offset: number,
): { readonly position: number; readonly pair: string | undefined } {
  const position = text.utf16ToCodePoint(offset);
  const start = text.codePointToUtf16(position);
  if (start === offset) return { position, pair: undefined };
  const cut = start > offset ? position - 1 : position;
  return { position: cut, pair: text.slice(cut, cut + 1) };
}
