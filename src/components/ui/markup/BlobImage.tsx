import { useCallback } from "react";

interface BlobImageProps {
  readonly image: Blob;
  readonly alt: string;
  readonly className?: string;
}

/** An image that the page has at hand, under an address of its own for as long as it is shown. */
export function BlobImage({ image, alt, className }: BlobImageProps) {
  const show = useCallback(
    (element: HTMLImageElement | null) => {
      if (element === null) return undefined;
      const url = URL.createObjectURL(image);
      element.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [image],
  );
  return <img ref={show} alt={alt} className={className} />;
}
