import {
  createContext,
  use,
  useCallback,
  useEffect,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { useStore } from "zustand/react";
import { every } from "#common/lib/clock.ts";
import type { FileBytes } from "./files.ts";
import type { Ide, IdeActions, IdeState } from "./store.ts";
import { shortcutOf } from "./ui/commands.ts";

const IdeContext = createContext<Ide | undefined>(undefined);

export function IdeProvider({
  ide,
  children,
}: {
  readonly ide: Ide;
  readonly children: ReactNode;
}) {
  return <IdeContext value={ide}>{children}</IdeContext>;
}

/** The page's ide: for bindings, which need the client, and for running commands. */
export function useIdeContext(): Ide {
  const ide = use(IdeContext);
  if (ide === undefined) throw new Error("no IdeProvider around this component");
  return ide;
}

/** A part of the state; renders again when the selector's result is another object. */
export function useIde<T>(selector: (state: IdeState) => T): T {
  return useStore(useIdeContext().store, selector);
}

export function useActions(): IdeActions {
  return useIdeContext().actions;
}

/** The time, in steps of `stepMs`; stands still while `running` is false. */
export function useNow(stepMs: number, running = true): number {
  const { clock } = useIdeContext();
  const subscribe = useCallback(
    (onChange: () => void) => (running ? every(clock, stepMs, onChange) : () => {}),
    [clock, stepMs, running],
  );
  return useSyncExternalStore(subscribe, () => Math.floor(clock.now() / stepMs) * stepMs);
}

/** Whether `condition` has held for `ms`: what passes at once is not worth a flicker. */
export function useLasting(condition: boolean, ms: number): boolean {
  const { clock } = useIdeContext();
  const [lasting, setLasting] = useState(false);
  if (!condition && lasting) setLasting(false);
  useEffect(
    () => (condition ? clock.after(ms, () => setLasting(true)) : undefined),
    [clock, condition, ms],
  );
  return lasting;
}

/** The content of a file as it is when first asked for; nothing is read without a path. */
export function useFileBytes(path: string | undefined): FileBytes {
  const { files } = useActions();
  const [read, setRead] = useState<{ readonly path: string; readonly content: FileBytes }>();
  useEffect(() => {
    let current = true;
    if (path !== undefined) {
      void files.read(path).then((content) => current && setRead({ path, content }));
    }
    return () => {
      current = false;
    };
  }, [files, path]);
  return read?.path === path && read !== undefined ? read.content : {};
}

/** The chord of a command as it stands on this person's keyboard, if they have one. */
export function useShortcut(commandId: string): string | undefined {
  const { platform, hasKeyboard } = useIdeContext();
  return hasKeyboard ? shortcutOf(commandId, platform) : undefined;
}
