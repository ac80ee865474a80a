import { useEffect, useState } from "react";
import { isLive } from "#store/control.ts";
import { useIde, useIdeContext } from "#store/hooks.tsx";

/** An image of the room, once it is here; what was not to be had is asked for by each connection. */
export function useImage(name: string | undefined): {
  readonly image?: Blob;
  readonly failure?: string;
} {
  const { images } = useIdeContext();
  const live = useIde((state) => isLive(state.control));
  const [image, setImage] = useState<Blob>();
  const [failure, setFailure] = useState<string>();
  useEffect(() => {
    if (name === undefined || image !== undefined) return undefined;
    let current = true;
    void images.load(name).then((answer) => {
      if (!current) return;
      if (answer.ok) setImage(answer.value);
      setFailure(answer.ok ? undefined : answer.message);
    });
    return () => {
      current = false;
    };
  }, [images, name, image, live]);
  return {
    ...(image !== undefined && { image }),
    ...(failure !== undefined && { failure }),
  };
}
