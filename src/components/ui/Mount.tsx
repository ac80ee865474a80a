import { useLayoutEffect, useRef, useState } from "react";

interface Disposable {
  dispose(): void;
}

interface MountProps<T extends Disposable> {
  readonly className?: string;
  /**
   * Makes the widget inside the element. It is called once for each `key` of this component; what it
   * makes too late, after the component is gone, is disposed of.
   */
  readonly create: (element: HTMLElement) => Promise<T>;
  readonly onReady?: (widget: T) => void;
}

/** The place of something that is not React's: an editor, a terminal. Its failure is the pane's. */
export function Mount<T extends Disposable>({ className, create, onReady }: MountProps<T>) {
  const element = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<Error>();
  const initial = useRef({ create, onReady });
  useLayoutEffect(() => {
    const place = element.current;
    if (place === null) return undefined;
    let widget: T | undefined;
    let gone = false;
    initial.current.create(place).then(
      (made) => {
        if (gone) return made.dispose();
        widget = made;
        initial.current.onReady?.(made);
      },
      (error: unknown) => {
        if (!gone) setFailure(error instanceof Error ? error : new Error(String(error)));
      },
    );
    return () => {
      gone = true;
      widget?.dispose();
    };
  }, []);
  if (failure !== undefined) throw failure;
  return <div ref={element} className={className} />;
}
