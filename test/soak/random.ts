/** A generator of pseudo-random numbers, which are the same for the same seed. */
export interface Random {
  /** Returns a number from 0 up to, but not including, `limit`. */
  below(limit: number): number;
  /** Returns one of these items, of which there must be at least one. */
  pick<T>(items: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, and good enough to choose what to break next. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) {
        throw new Error("there is nothing to pick from");
      }
      return item;
    },
  };
}
