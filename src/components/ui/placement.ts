/** A point, or the rectangle of the button that something hangs below. */
export type Anchor =
  { readonly x: number; readonly y: number } | Pick<DOMRect, "left" | "right" | "top" | "bottom">;

const MARGIN_PX = 8;

/** Moves a fixed element to its anchor, and as far as needed for all of it to be in sight. */
export function placeInView(element: HTMLElement, anchor: Anchor): void {
  const { width, height } = element.getBoundingClientRect();
  const maxX = window.innerWidth - width - MARGIN_PX;
  const maxY = window.innerHeight - height - MARGIN_PX;
  // A rectangle of the browser has an x as well.
  let [x, y] = "left" in anchor ? [anchor.left, anchor.bottom + 4] : [anchor.x, anchor.y];
  if ("left" in anchor) {
    // Where there is no room to the right or below, it hangs from the other side.
    if (x > maxX) x = anchor.right - width;
    if (y > maxY && anchor.top - height - 4 >= MARGIN_PX) y = anchor.top - height - 4;
  }
  element.style.left = `${Math.max(MARGIN_PX, Math.min(x, maxX))}px`;
  element.style.top = `${Math.max(MARGIN_PX, Math.min(y, maxY))}px`;
}
