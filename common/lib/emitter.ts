import type { Cancel } from "./clock.ts";

/** A list of listeners. A listener added or removed during `emit` counts from the next one on. */
export class Emitter<T> {
  #listeners: readonly ((value: T) => void)[] = [];

  on(listener: (value: T) => void): Cancel {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  emit(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
