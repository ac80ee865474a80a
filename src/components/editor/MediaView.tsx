import { useMemo } from "react";
import type { Media } from "./fileContent.ts";

interface MediaViewProps {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly media: Media;
}

/** A picture, a sound or a film. */
export function MediaView({ path, bytes, media }: MediaViewProps) {
  // A data address needs no clean-up, and an SVG inside an `img` runs no script.
  const address = useMemo(() => `data:${media.type};base64,${toBase64(bytes)}`, [media, bytes]);
  return (
    <div className="file-view__image">
      {media.kind === "image" && <img src={address} alt={path} />}
      {media.kind === "audio" && <audio src={address} controls />}
      {media.kind === "video" && <video src={address} controls />}
    </div>
  );
}

function toBase64(bytes: Uint8Array): string {
  const pieceBytes = 0x8000;
  let text = "";
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + pieceBytes));
  }
  return btoa(text);
}
