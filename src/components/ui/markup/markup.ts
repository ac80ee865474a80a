/** A piece of a chat message. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong" | "emphasis" | "code" | "mention"; readonly text: string }
  /** Lines of code; the language is as it was typed, in small letters, and may be empty. */
  | { readonly kind: "block"; readonly text: string; readonly language: string }
  | { readonly kind: "link"; readonly text: string; readonly url: string }
  /** `src/main.ts:12`: a place in the project. */
  | {
      readonly kind: "place";
      readonly text: string;
      readonly path: string;
      readonly line: number;
      readonly column: number;
    };

const sources = [
  /```(?:(?<language>[\w+#-]*)\n)?(?<block>[\s\S]+?)```/,
  /`(?<code>[^`\n]+)`/,
  /\*\*(?<strong>[^*\n]+)\*\*/,
  /(?<![\w*])[*_](?<emphasis>[^*_\n]+)[*_](?![\w*])/,
  /(?<link>https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])/,
  /(?<![\w/.:-])(?<path>(?:[\w@+-][\w.@+-]*\/)*[\w.@+-]*\.\w+):(?<line>\d+)(?::(?<column>\d+))?/,
].map(({ source }) => source);

/**
 * Reads the little Markdown that people type, links, places in files, and what `mention` finds.
 * Everything else is text.
 */
export function parseMarkup(message: string, mention = /(?!)/): readonly Piece[] {
  const pattern = new RegExp([...sources, `(?<mention>${mention.source})`].join("|"), "giu");
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
  const { block, language = "", code, strong, emphasis, link, path, line, column } = groups;
  if (block !== undefined) {
    return { kind: "block", text: block.replace(/\n$/, ""), language: language.toLowerCase() };
  }
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
