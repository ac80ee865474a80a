import type { Ide, IdeState } from "#store/store.ts";
import { commandFor, isAvailable, stopFollowing, type Typing } from "#store/ui/commands.ts";
import { rememberFocus } from "#store/ui/focus.ts";
import { isDark } from "#store/ui/settings.ts";
import { mountTooltips } from "../ui/tooltips.ts";

/**
 * What the workspace does with the page around it: keys, theme, title, width, tooltips, and the
 * question before leaving with edits that nothing keeps. Returns the end of all of it.
 */
export function mountPage(ide: Ide, root: Document): () => void {
  const ends = [
    mountKeys(ide, root),
    mountTheme(ide, root),
    mountTitle(ide, root),
    mountSize(ide, root),
    mountActivity(ide, root),
    mountReturn(ide, root),
    mountTyping(ide, root),
    askBeforeLeaving(ide),
    rememberFocus(root),
    mountTooltips(root),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function mountKeys(ide: Ide, root: Document): () => void {
  const handleKey = (event: KeyboardEvent): void => {
    // A key that ends a composition belongs to the composition.
    if (event.isComposing || event.key === "Process") return;
    const typing = typingAt(event.target);
    if (event.key === "Escape" && typing !== "terminal") stopFollowing(ide);
    if (ide.store.getState().overlay.open !== undefined && event.key !== "F1") return;
    const command = commandFor(event, typing, ide.platform);
    if (command === undefined || !isAvailable(command, ide)) return;
    if (command.run(ide) === false) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // Captured, since editors and terminals keep what they understand to themselves.
  root.addEventListener("keydown", handleKey, { capture: true });
  return () => root.removeEventListener("keydown", handleKey, { capture: true });
}

function typingAt(target: EventTarget | null): Typing {
  if (!(target instanceof HTMLElement)) return "nothing";
  if (target.closest(".xterm") !== null) return "terminal";
  if (target.dataset["sends"] !== undefined) return "message";
  // What Monaco types into where the browser lets it choose how.
  const editable =
    target.isContentEditable || target.matches("input, textarea, select, .native-edit-context");
  return editable ? "text" : "nothing";
}

function mountTheme({ store, actions }: Ide, root: Document): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const readSystem = (): void => actions.settings.set({ systemDark: system.matches });
  const apply = (dark: boolean): void => {
    root.documentElement.dataset["theme"] = dark ? "dark" : "light";
  };
  readSystem();
  apply(isDark(store.getState().settings));
  system.addEventListener("change", readSystem);
  const end = onChange(store, (state) => isDark(state.settings), apply);
  return () => {
    system.removeEventListener("change", readSystem);
    end();
  };
}

function mountTitle({ store }: Ide, root: Document): () => void {
  const title = (state: IdeState): string => {
    const { unread } = state.chat;
    const name = state.control.repl?.slug;
    const mark = unread === 0 || state.settings.quiet ? "" : `(${unread}) `;
    return name === undefined ? `${mark}Tandem` : `${mark}${name} – Tandem`;
  };
  const apply = (text: string): void => void (root.title = text);
  apply(title(store.getState()));
  return onChange(store, title, apply);
}

/** The room there is, also above an on-screen keyboard that does not resize the page by itself. */
function mountSize({ actions }: Ide, root: Document): () => void {
  // Not the window's own width: on a phone that grows with whatever juts out of the page.
  const measure = (): void => actions.layout.setWidth(root.documentElement.clientWidth);
  const { visualViewport } = window;
  const fit = (): void => {
    if (visualViewport === null) return;
    // A pinch zoom makes the visible part smaller too, but is no reason to lay everything out anew.
    if (visualViewport.scale > 1.01) return;
    root.documentElement.style.setProperty("--app-height", `${visualViewport.height}px`);
  };
  measure();
  fit();
  window.addEventListener("resize", measure);
  visualViewport?.addEventListener("resize", fit);
  return () => {
    window.removeEventListener("resize", measure);
    visualViewport?.removeEventListener("resize", fit);
  };
}

function mountActivity({ actions }: Ide, root: Document): () => void {
  const touch = (): void => actions.presence.touch();
  const types = ["keydown", "pointerdown", "wheel"] as const;
  for (const type of types) root.addEventListener(type, touch, { capture: true, passive: true });
  return () => {
    for (const type of types) root.removeEventListener(type, touch, { capture: true });
  };
}

/** Whoever comes back to the page, perhaps after a night, does not wait for the next attempt. */
function mountReturn({ actions }: Ide, root: Document): () => void {
  const handleChange = (): void => {
    if (root.visibilityState === "visible") actions.control.wake();
  };
  root.addEventListener("visibilitychange", handleChange);
  return () => root.removeEventListener("visibilitychange", handleChange);
}

/** A touch device that types code or into a terminal gets the keys that its keyboard lacks. */
function mountTyping({ store, actions }: Ide, root: Document): () => void {
  if (!matchMedia("(pointer: coarse)").matches) return () => {};
  const read = (): void => {
    const focused = root.activeElement;
    const typing = focused?.closest(".plain-editor, .xterm") !== null && focused !== null;
    if (typing !== store.getState().layout.typing) actions.layout.setTyping(typing);
  };
  // The focus is nowhere for a moment while it goes from one element to the next.
  const readSoon = (): void => void requestAnimationFrame(read);
  root.addEventListener("focusin", readSoon);
  root.addEventListener("focusout", readSoon);
  return () => {
    root.removeEventListener("focusin", readSoon);
    root.removeEventListener("focusout", readSoon);
  };
}

function askBeforeLeaving({ client, actions }: Ide): () => void {
  const ask = (event: BeforeUnloadEvent): void => {
    if (!client.ot.areEditsKept() || !actions.chat.isKept()) event.preventDefault();
  };
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}

function onChange<T>(
  store: Ide["store"],
  select: (state: IdeState) => T,
  listener: (value: T) => void,
): () => void {
  return store.subscribe((state, previous) => {
    const value = select(state);
    if (value !== select(previous)) listener(value);
  });
}
