import { everyName } from "#store/chat/names.ts";
import { mentionPattern } from "#store/chat/mentions.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import "./MessageText.css";
import { parseMarkup, type Piece } from "./markup.ts";

/** A message with its code, links and places. */
export function MessageText({ text }: { readonly text: string }) {
  const names = useIde(everyName);
  // A message rarely changes, so a piece's place in it names it.
  return parseMarkup(text, mentionPattern(names)).map((piece, index) => (
    <MessagePiece key={index} piece={piece} />
  ));
}

function MessagePiece({ piece }: { readonly piece: Piece }) {
  const actions = useActions();
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "strong":
      return <strong>{piece.text}</strong>;
    case "emphasis":
      return <em>{piece.text}</em>;
    case "mention":
      return <span className="markup__mention">{piece.text}</span>;
    case "code":
      return <code className="markup__code">{piece.text}</code>;
    case "block":
      return <pre className="markup__block">{piece.text}</pre>;
    case "link":
      return (
        <a href={piece.url} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      );
    case "place":
      return (
        <button
          type="button"
          className="markup__place"
          onClick={() => actions.openPlace(piece.path, piece.line, piece.column)}
        >
          {piece.text}
        </button>
      );
    default:
      return piece satisfies never;
  }
}
