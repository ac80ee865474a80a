/** A piece of a message. */
export type MessagePart =
  | { readonly kind: "text" | "code" | "block" | "url"; readonly text: string }
  | {
      readonly kind: "place";
      readonly text: string;
      readonly path: string;
      readonly line: number;
    };

const blocks = /```[^\n`]*\n?([\s\S]*?)```/;
const code = /`([^`\n]+)`/;
const url = /https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/;
const place = /(?<![\w/.-])([\w.@-]+(?:\/[\w.@-]+)*\.[A-Za-z]\w*):(\d+)/;
const any = new RegExp([blocks, code, url, place].map(({ source }) => source).join("|"), "g");

/** Splits a message at fenced blocks, `code`, addresses and `path:line`; the rest is text as it is. */
export function messageParts(message: string): readonly MessagePart[] {
  const parts: MessagePart[] = [];
  let end = 0;
  for (const match of message.matchAll(any)) {
    const [whole, block, inline, path, line] = match;
    if (match.index > end) parts.push({ kind: "text", text: message.slice(end, match.index) });
    if (block !== undefined) parts.push({ kind: "block", text: block.replace(/\n$/, "") });
    else if (inline !== undefined) parts.push({ kind: "code", text: inline });
    else if (path !== undefined) {
      parts.push({ kind: "place", text: whole, path, line: Number(line) });
    } else parts.push({ kind: "url", text: whole });
    end = match.index + whole.length;
  }
  if (end < message.length) parts.push({ kind: "text", text: message.slice(end) });
  return parts;
}
