/** Where chance comes from: a number in [0, 1), uniformly. Seeded in tests. */
export type Random = () => number;

/** A small generator whose whole state is 32 bits; equal seeds give equal sequences. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** An integer in [0, below). */
export function randomBelow(random: Random, below: number): number {
  return Math.floor(random() * below);
}

/** A ref, nonce or cursor id: base 36, long enough not to meet another in one session. */
export function randomId(random: Random): string {
  return random().toString(36).slice(2, 10) + random().toString(36).slice(2, 6);
}
