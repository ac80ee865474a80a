/** A value with one owner: what an action may see and change of the store. */
export interface Cell<T> {
  get(): T;
  update(change: (value: T) => T): void;
}
