import { useState } from "react";
import type { PlaceMark } from "#common/chat/log.ts";
import { everyName } from "#store/chat/names.ts";
import type { FoundPlace } from "#store/chat/places.ts";
import { mentionPattern } from "#store/chat/mentions.ts";
import { useActions, useIde } from "#store/hooks.tsx";
import "./MessageText.css";
import { CodeBlock } from "./CodeBlock.tsx";
import { MessageImage } from "./MessageImage.tsx";
import { parseMarkup, type Piece } from "./markup.ts";

interface MessageTextProps {
  readonly text: string;
  /** Marks of places in it, which lead to where they are by now. */
  readonly places?: readonly PlaceMark[];
}

const none: readonly PlaceMark[] = [];

/** A message with its code, links and places. */
export function MessageText({ text, places = none }: MessageTextProps) {
  const names = useIde(everyName);
  // A message rarely changes, so a piece's place in it names it.
  const markup = { mention: mentionPattern(names), labels: places.map(({ label }) => label) };
  return parseMarkup(text, markup).map((piece, index) => (
    <MessagePiece key={index} piece={piece} places={places} />
  ));
}

interface MessagePieceProps {
  readonly piece: Piece;
  readonly places: readonly PlaceMark[];
}

function MessagePiece({ piece, places }: MessagePieceProps) {
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
      return <CodeBlock code={piece.text} language={piece.language} />;
    case "image":
      return <MessageImage name={piece.name} label={piece.text} />;
    case "link":
      return (
        <a href={piece.url} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      );
    case "place":
      return <PlaceLink piece={piece} mark={places.find(({ label }) => label === piece.text)} />;
    default:
      return piece satisfies never;
  }
}

interface PlaceLinkProps {
  readonly piece: Extract<Piece, { readonly kind: "place" }>;
  /** Undefined where the place was not there when it was spoken of. */
  readonly mark: PlaceMark | undefined;
}

/** A place in a file. Who points at it is told what was there, and where that has gone. */
function PlaceLink({ piece, mark }: PlaceLinkProps) {
  const actions = useActions();
  const [found, setFound] = useState<FoundPlace>();
  const look = () => {
    if (mark !== undefined) void actions.findMark(mark).then(setFound);
  };
  const news = found?.isRemoved
    ? "gone since"
    : found !== undefined && found.line !== piece.line && `now in line ${found.line}`;
  const tip = [mark?.quote.trim().split("\n")[0], news].filter(Boolean).join(" · ");
  return (
    <button
      type="button"
      className={found?.isRemoved ? "markup__place markup__place--gone" : "markup__place"}
      data-tip={tip === "" ? undefined : tip}
      onPointerEnter={look}
      onFocus={look}
      onClick={() =>
        mark === undefined
          ? actions.openPlace(piece.path, piece.line, piece.column)
          : void actions.openMark(mark)
      }
    >
      {piece.text}
    </button>
  );
}
