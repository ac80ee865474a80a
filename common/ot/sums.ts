/** Numbers of which any first ones are added up, and any one changed, in logarithmic time (Fenwick). */
export class Sums {
  /** At an index from 1 on: the sum of as many numbers as its lowest set bit says, that end there. */
  readonly #tree: Float64Array;

  constructor(numbers: readonly number[]) {
    this.#tree = Float64Array.from([0, ...numbers]);
    for (let at = 1; at < this.#tree.length; at++) {
      const above = at + (at & -at);
      if (above < this.#tree.length) this.#tree[above] = this.#at(above) + this.#at(at);
    }
  }

  /** The sum of the first `count` numbers. */
  ofFirst(count: number): number {
    let sum = 0;
    for (let at = count; at > 0; at -= at & -at) sum += this.#at(at);
    return sum;
  }

  /** Adds to the number at `index`. */
  add(index: number, difference: number): void {
    for (let at = index + 1; at < this.#tree.length; at += at & -at) {
      this.#tree[at] = this.#at(at) + difference;
    }
  }

  #at(index: number): number {
    return this.#tree[index] ?? 0;
  }
}
