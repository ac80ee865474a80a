import { useCallback, useState } from "react";
import { Dialog } from "../Dialog.tsx";
import { BlobImage } from "./BlobImage.tsx";
import "./MessageImage.css";
import { useImage } from "./useImage.ts";

interface MessageImageProps {
  readonly name: string;
  readonly label: string;
}

/** So far from sight an image is already asked for. */
const NEARBY = "400px";

/** Around the large image. */
const DIALOG_PADDING_PX = 32;
const MIN_DIALOG_PX = 280;

/** An image in a message: as large as a message may be, and in all its size on request. */
export function MessageImage({ name, label }: MessageImageProps) {
  const [isNear, setNear] = useState(false);
  const { image, failure } = useImage(isNear ? name : undefined);
  const [largePx, setLargePx] = useState<number>();

  const watch = useCallback((place: HTMLElement | null) => {
    if (place === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setNear(true);
      },
      { rootMargin: NEARBY },
    );
    observer.observe(place);
    return () => observer.disconnect();
  }, []);

  if (failure !== undefined) {
    return (
      <span className="message-image__failure">
        {label}: {failure}
      </span>
    );
  }
  if (image === undefined) {
    return (
      <span
        ref={watch}
        className="message-image message-image--coming"
        role="img"
        aria-label={label}
      />
    );
  }
  return (
    <>
      <button
        type="button"
        className="message-image"
        data-tip="Open"
        onClick={({ currentTarget }) =>
          setLargePx(currentTarget.querySelector("img")?.naturalWidth ?? 0)
        }
      >
        <BlobImage image={image} alt={label} />
      </button>
      {largePx !== undefined && (
        <Dialog
          title={label}
          widthPx={Math.max(largePx + DIALOG_PADDING_PX, MIN_DIALOG_PX)}
          onClose={() => setLargePx(undefined)}
        >
          <BlobImage className="message-image__large" image={image} alt={label} />
        </Dialog>
      )}
    </>
  );
}
