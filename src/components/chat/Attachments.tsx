import { X } from "lucide-react";
import type { Attachment } from "#store/chat/images.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { BlobImage } from "../ui/markup/BlobImage.tsx";
import { useImage } from "../ui/markup/useImage.ts";

interface AttachmentsProps {
  readonly images: readonly Attachment[];
  /** Takes one away; without it they stay as they are. */
  readonly onRemove?: (image: Attachment) => void;
}

/** The images of a message that is on its way, or not yet. */
export function Attachments({ images, onRemove }: AttachmentsProps) {
  if (images.length === 0) return null;
  return (
    <div className="chat__attachments">
      {images.map((image, index) => (
        <span key={index} className="chat__attachment">
          <Thumbnail image={image} />
          {onRemove !== undefined && (
            <IconButton
              icon={X}
              size={14}
              label={`Remove ${image.label}`}
              onClick={() => onRemove(image)}
            />
          )}
        </span>
      ))}
    </div>
  );
}

function Thumbnail({ image }: { readonly image: Attachment }) {
  const kept = useImage("name" in image ? image.name : undefined);
  const blob = "file" in image ? image.file : kept.image;
  return blob === undefined ? null : <BlobImage image={blob} alt={image.label} />;
}
