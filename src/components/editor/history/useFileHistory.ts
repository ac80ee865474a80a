import { useEffect, useState, useSyncExternalStore } from "react";
import { isLive } from "#store/control.ts";
import { useIde, useIdeContext } from "#store/hooks.tsx";
import { FileHistory } from "#store/ot/fileHistory.ts";

const nothing = (): (() => void) => () => {};

/** The history of a file while the component is there; renders again with whatever comes to it. */
export function useFileHistory(path: string): FileHistory | undefined {
  const { client, clock } = useIdeContext();
  const [history, setHistory] = useState<FileHistory>();
  useEffect(() => {
    const acquired = FileHistory.acquire(client, clock, path);
    // oxlint-disable-next-line react-hooks-js/set-state-in-effect -- what is acquired must be released
    setHistory(acquired);
    return () => acquired.release();
  }, [client, clock, path]);
  const live = useIde((state) => isLive(state.control));
  useEffect(() => {
    if (live) history?.retry();
  }, [live, history]);
  useSyncExternalStore(history?.onChange ?? nothing, () => history?.revision);
  return history;
}
