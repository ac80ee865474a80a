import { useCallback, type RefCallback } from "react";

/**
 * Tells whether an element is on the screen, and once more when it goes: behind another tab, of the
 * browser's too, or in a closed drawer it is not. `onChange` has to stay the same function.
 */
export function useInSight(onChange: (inSight: boolean) => void): RefCallback<HTMLElement> {
  return useCallback(
    (element: HTMLElement | null) => {
      if (element === null) return undefined;
      const look = (): void =>
        onChange(
          document.visibilityState === "visible" &&
            element.checkVisibility({ visibilityProperty: true }),
        );
      const observer = new IntersectionObserver(look);
      observer.observe(element);
      // A panel behind another tab keeps its place, so that nothing of it leaves the screen.
      const turns = new MutationObserver(look);
      const panel = element.closest("[data-shown]");
      if (panel !== null) turns.observe(panel, { attributeFilter: ["data-shown"] });
      document.addEventListener("visibilitychange", look);
      return () => {
        observer.disconnect();
        turns.disconnect();
        document.removeEventListener("visibilitychange", look);
        onChange(false);
      };
    },
    [onChange],
  );
}
