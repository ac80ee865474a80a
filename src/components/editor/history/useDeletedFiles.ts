import { useEffect, useRef, useState } from "react";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { findDeletedFiles, type DeletedFile } from "#store/ot/deletedFiles.ts";

/** Files come and go by many at once: how long they are let come to rest, once some are shown. */
const SETTLE_MS = 400;

interface FoundFiles {
  readonly files?: readonly DeletedFile[];
  readonly failure?: string;
}

/** The files that can be brought back, looked for again whenever files have come or gone. */
export function useDeletedFiles(): FoundFiles {
  const { client, clock } = useIdeContext();
  const directories = useIde((state) => state.files.directories);
  const [found, setFound] = useState<FoundFiles>({});
  const isShown = useRef(false);
  useEffect(() => {
    let isCurrent = true;
    const cancel = clock.after(isShown.current ? SETTLE_MS : 0, () => {
      void findDeletedFiles(client).then((answer) => {
        if (!isCurrent) return;
        isShown.current = true;
        setFound(answer.ok ? { files: answer.value } : { failure: answer.error.message });
      });
    });
    return () => {
      isCurrent = false;
      cancel();
    };
  }, [client, clock, directories]);
  return found;
}
