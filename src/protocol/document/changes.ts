import { normalize, wellFormed, type Component, type Op } from "#common/ot/op.ts";
import type { Text } from "#common/ot/text.ts";
import type { TextChange } from "../document.ts";

/** What stands where half of a surrogate pair would be left alone (OT4). */
const REPLACEMENT = "\uFFFD";

/**
 * One op for edits that were made at once on `text`. It keeps the lengths that the editor has, in
 * UTF-16: half a pair, typed or left over by a cut, becomes one replacement character.
 */
export function toOp(text: Text, changes: readonly TextChange[]): Op {
  const components: Component[] = [];
  let at = 0;
  for (const { offset, deleteLength, insert } of changes.toSorted((a, b) => a.offset - b.offset)) {
    const from = toCodePoint(text, offset);
    const to = deleteLength === 0 ? from : toCodePoint(text, offset + deleteLength);
    const start = from.position;
    // A cut pair goes as a whole, and a replacement stands for the half that stays.
    const end = to.isInside ? to.position + 1 : to.position;
    if (start > at) components.push(start - at);
    components.push(
      (from.isInside ? REPLACEMENT : "") + wellFormed(insert) + (to.isInside ? REPLACEMENT : ""),
    );
    if (end > start) components.push(start - end);
    at = end;
  }
  return normalize(components.filter((component) => component !== ""));
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

/** The code point at an offset; `isInside` when the offset cuts its pair in two. */
function toCodePoint(
  text: Text,
  offset: number,
): { readonly position: number; readonly isInside: boolean } {
  const position = text.utf16ToCodePoint(offset);
  const start = text.codePointToUtf16(position);
  if (start === offset) return { position, isInside: false };
  return { position: start > offset ? position - 1 : position, isInside: true };
}
