/**
 * Parts of the page that F6 goes through, in order: elements with `data-region`. The keyboard goes to
 * what had it last inside, else to the first thing that can have it.
 */
const lastFocused = new WeakMap<Element, HTMLElement>();

const FOCUSABLE =
  'a[href], button:not(:disabled), input:not(:disabled), textarea, select, iframe, [tabindex]:not([tabindex="-1"])';

/** Keeps in mind where the keyboard is, until the returned function is called. */
export function rememberFocus(root: Document): () => void {
  const remember = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    const region = target.closest("[data-region]");
    if (region !== null) lastFocused.set(region, target);
  };
  root.addEventListener("focusin", remember);
  return () => root.removeEventListener("focusin", remember);
}

/** Goes to the next or previous region; false at the end, where the key belongs to the browser. */
export function cycleRegions(root: Document, step: 1 | -1): boolean {
  const regions = [...root.querySelectorAll<HTMLElement>("[data-region]")].filter(isVisible);
  const current = regions.findIndex((region) => region.contains(root.activeElement));
  for (let index = current + step; index >= 0 && index < regions.length; index += step) {
    const region = regions[index];
    if (region !== undefined && focusInside(region)) return true;
  }
  return false;
}

/** Gives the keyboard to a region by its name. */
export function focusRegion(root: Document, name: string): boolean {
  const region = root.querySelector<HTMLElement>(`[data-region="${CSS.escape(name)}"]`);
  return region !== null && focusInside(region);
}

function focusInside(region: HTMLElement): boolean {
  const last = lastFocused.get(region);
  const target =
    last !== undefined && region.contains(last) && isVisible(last)
      ? last
      : [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find(isVisible);
  target?.focus();
  return target !== undefined;
}

function isVisible(element: HTMLElement): boolean {
  return element.checkVisibility({ visibilityProperty: true });
}
