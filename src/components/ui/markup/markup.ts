import { imagePattern } from "#common/chat/images.ts";
import { placePattern } from "#store/chat/places.ts";
import { escapePattern } from "#common/lib/escapePattern.ts";

/** A piece of a chat message. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "code" | "mention"; readonly text: string }
  | { readonly kind: "block"; readonly text: string; readonly language: string }
  /** An image that the container has, under this name. */
  | { readonly kind: "image"; readonly text: string; readonly name: string }
  | { readonly kind: "link"; readonly text: string; readonly url: string }
  /** `src/main.ts:12`: a place in the project. */
  | {
      readonly kind: "place";
      readonly text: string;
      readonly path: string;
      readonly line: number;
      readonly column: number;
    };

export interface MarkupNames {
  readonly mention?: RegExp;
  readonly labels?: readonly string[];
}

const sources = [
  // A block or an image is a line of its own: the break after it makes no other.
  /```(?:(?<language>[\w+#-]*)\n)?(?<block>[\s\S]+?)```\n?/,
  new RegExp(`${imagePattern.source}\\n?`),
  /`(?<code>[^`\n]+)`/,
  /\*\*(?<strong>[^*\n]+)\*\*/,
  /(?<![\w*])[*_](?<emphasis>[^*_\n]+)[*_](?![\w*])/,
  /(?<link>https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/,
  placePattern,
].map(({ source }) => source);

/**
 * Reads the little Markdown that people type, links, places in files, what `mention` finds, and the
 * `labels` of places that do not look like one. Everything else is text.
 */
export function parseMarkup(
  message: string,
  { mention = /(?!)/, labels = [] }: MarkupNames = {},
): readonly Piece[] {
  const named = labels.map((label) => `(?:${escapePattern(label)})(?!\\d)`).join("|") || "(?!)";
  const last = [`(?<mention>${mention.source})`, `(?<label>${named})`];
  const pattern = new RegExp([...sources, ...last].join("|"), "giu");
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of message.matchAll(pattern)) {
    if (match.index > end) pieces.push({ kind: "text", text: message.slice(end, match.index) });
    pieces.push(pieceOf(match[0], match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < message.length) pieces.push({ kind: "text", text: message.slice(end) });
  return pieces;
}

function pieceOf(whole: string, groups: Readonly<Record<string, string | undefined>>): Piece {
  const {
    block,
    language = "",
    image,
    alt,
    code,
    strong,
    emphasis,
    link,
    path,
    line,
    column,
  } = groups;
  if (block !== undefined) return { kind: "block", text: block.replace(/\n$/, ""), language };
  if (image !== undefined) return { kind: "image", text: alt || "image", name: image };
  if (code !== undefined) return { kind: "code", text: code };
  if (strong !== undefined) return { kind: "strong", text: strong };
  if (emphasis !== undefined) return { kind: "emphasis", text: emphasis };
  if (link !== undefined) return { kind: "link", text: whole, url: link };
  if (groups["mention"] !== undefined) return { kind: "mention", text: whole };
  return {
    kind: "place",
    text: whole,
    path: path ?? "",
    line: Number(line),
    column: Number(column ?? 1),
  };
}
