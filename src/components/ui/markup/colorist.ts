import { useSyncExternalStore } from "react";
import { Emitter } from "#common/lib/emitter.ts";

/** A stretch of code in one look. */
export interface CodeRun {
  readonly text: string;
  /** For light pages and for dark ones. */
  readonly colors: readonly [light: string, dark: string];
  readonly isItalic: boolean;
}

/** Tells code apart into runs; undefined when it knows nothing of the language. */
export type Colorist = (code: string, language: string) => Promise<readonly CodeRun[] | undefined>;

let colorist: Colorist | undefined;
const changes = new Emitter<void>();
const onChange = (listener: () => void) => changes.on(listener);

/** Called by the editor once it is there, as nothing else is worth the wait for its tokenizers. */
export function provideColorist(provided: Colorist): void {
  colorist = provided;
  changes.emit();
}

/** What colours code, as soon as there is something. */
export function useColorist(): Colorist | undefined {
  return useSyncExternalStore(onChange, () => colorist);
}
