import type { Clock } from "#common/lib/clock.ts";

/** The page's own time. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = window.setTimeout(callback, delayMs);
    return () => window.clearTimeout(timer);
  },
};

/** By then a page has loaded what it needs to be typed into. */
const KEEP_AFTER_MS = 3_000;

/** Has the browser keep the app, so that `page` can be loaded without its host. */
export function keepApp(page: string): void {
  // Pages that came by plain http from another machine have no service workers.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  browserClock.after(KEEP_AFTER_MS, () => {
    workers.register(new URL("sw.js", page), { scope: page }).catch(() => {
      // The browser lets nothing be kept, or the host has gone meanwhile: the app goes on without.
    });
  });
}

/** Puts text on the clipboard; false where the browser refuses. */
export async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Plain http on a LAN has no clipboard API; selecting and copying still works there. */
function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  // Inside an open dialog, since everything outside of it is inert.
  const place = document.querySelector("dialog[open]") ?? document.body;
  const focused = document.activeElement;
  place.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

/** Lets the browser keep bytes as a file. */
export function saveFile(name: string, bytes: Uint8Array): void {
  const address = URL.createObjectURL(new Blob([bytes.slice()]));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold on the content once it has begun.
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const CHIME_MS = 180;

/** A short, soft sound. A page that nobody has touched yet may make none. */
export function chime(): void {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 880;
  volume.gain.setValueAtTime(0.1, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + CHIME_MS / 1000);
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => void audio.close();
  tone.start();
  tone.stop(audio.currentTime + CHIME_MS / 1000);
}
