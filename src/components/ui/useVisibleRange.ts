import { useCallback, useRef, useState, type UIEvent } from "react";

/** Rows drawn beyond the visible ones, so that quick scrolling and the next key find them there. */
const AHEAD = 12;

interface View {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** Which of `count` rows of one height are in sight of the scrolled element that `measure` is the ref of. */
export function useVisibleRange(count: number) {
  const element = useRef<HTMLElement>(null);
  const [view, setView] = useState<View>({ top: 0, height: 600, rowHeight: 24 });

  const measure = useCallback((scrolled: HTMLElement | null) => {
    element.current = scrolled;
    if (scrolled === null) return undefined;
    const read = () => {
      const height = getComputedStyle(scrolled).getPropertyValue("--row-height");
      setView({
        top: scrolled.scrollTop,
        height: scrolled.clientHeight || 600,
        rowHeight: Number.parseFloat(height) || 24,
      });
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(scrolled);
    return () => observer.disconnect();
  }, []);

  const onScroll = ({ currentTarget }: UIEvent) => {
    const { scrollTop } = currentTarget;
    setView((before) => ({ ...before, top: scrollTop }));
  };
  const scrollTo = (index: number) => {
    const scrolled = element.current;
    if (scrolled === null) return;
    const top = index * view.rowHeight;
    if (top < scrolled.scrollTop) scrolled.scrollTop = top;
    const bottom = top + view.rowHeight + 8;
    if (bottom > scrolled.scrollTop + scrolled.clientHeight) {
      scrolled.scrollTop = bottom - scrolled.clientHeight;
    }
  };
  const first = Math.max(0, Math.floor(view.top / view.rowHeight) - AHEAD);
  const last = Math.min(count, Math.ceil((view.top + view.height) / view.rowHeight) + AHEAD);
  return { rowHeight: view.rowHeight, first, last, onScroll, scrollTo, element, measure };
}
