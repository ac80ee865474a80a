import { placeInView } from "./placement.ts";
import "./tooltips.css";

const DELAY_MS = 450;
/** A second tooltip soon after the first comes at once: the person is looking around. */
const LINGER_MS = 300;

/**
 * Shows `data-tip` and `data-keys` of the element under the mouse or with the keyboard. One layer
 * for the whole page, so that nothing is cut off by the pane it belongs to. Returns the end of it.
 */
export function mountTooltips(root: Document): () => void {
  const tip = root.createElement("div");
  tip.className = "tooltip";
  tip.role = "tooltip";
  tip.hidden = true;
  tip.style.display = "none";
  root.body.append(tip);

  const touchOnly = matchMedia("(hover: none)").matches;
  let timer: number | undefined;
  let target: Element | undefined;
  let hiddenAtMs = 0;

  function show(): void {
    if (!(target instanceof HTMLElement) || !target.isConnected) return;
    tip.replaceChildren(target.dataset["tip"] ?? "");
    const { keys } = target.dataset;
    if (keys !== undefined) {
      const key = root.createElement("kbd");
      key.textContent = keys;
      tip.append(key);
    }
    tip.style.display = "";
    tip.hidden = false;
    placeInView(tip, target.getBoundingClientRect());
  }
  function hide(): void {
    window.clearTimeout(timer);
    if (!tip.hidden) hiddenAtMs = performance.now();
    tip.hidden = true;
    tip.style.display = "none";
    target = undefined;
  }
  function aim(event: Event): void {
    const next =
      event.target instanceof Element
        ? (event.target.closest("[data-tip]") ?? undefined)
        : undefined;
    if (next === target) return;
    hide();
    // A touch has no hover, and a click on a button says that its meaning is known.
    if (next === undefined || ("pointerType" in event && event.pointerType === "touch")) return;
    if (event.type === "focusin" && (touchOnly || !next.matches(":focus-visible"))) return;
    target = next;
    const soon = performance.now() - hiddenAtMs < LINGER_MS;
    timer = window.setTimeout(show, soon ? 0 : DELAY_MS);
  }

  const ends: readonly (keyof DocumentEventMap)[] = ["pointerdown", "keydown", "wheel", "focusout"];
  root.addEventListener("pointerover", aim);
  root.addEventListener("focusin", aim);
  for (const type of ends) root.addEventListener(type, hide, { capture: true, passive: true });
  return () => {
    hide();
    tip.remove();
    root.removeEventListener("pointerover", aim);
    root.removeEventListener("focusin", aim);
    for (const type of ends) root.removeEventListener(type, hide, { capture: true });
  };
}
