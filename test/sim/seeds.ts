/** Worlds that CI lives through each time: the first ones, then each that once found something. */
export const seeds: readonly number[] = [...Array.from({ length: 40 }, (_, index) => index + 1)];
