/** The size of the fabric in tests of the host network, and the numbers of devices on its host. */
export interface Size {
  readonly racks: number;
  readonly numU: number;
  readonly bridges: number;
  readonly interfaces: number;
  /** Number of repairs in the tests: 17 damaged items, one at a time or several independent ones. */
  readonly repairs: number;
}

/**
 * A small network proves the same in less time. The exhaustive tests use the shipped configuration; the end-to-end
 * tests have that size anyway.
 */
const SIZES = {
  shipped: { racks: 3, numU: 15, bridges: 94, interfaces: 187, repairs: 17 },
  small: { racks: 1, numU: 4, bridges: 12, interfaces: 23, repairs: 7 },
} as const;

const wanted =
  process.env.IKVSWITCH_TEST_SIZE ?? (process.env.IKVSWITCH_TEST_ALL === "1" ? "shipped" : "small");

export const size: Size = SIZES[wanted === "shipped" ? "shipped" : "small"];

/** Arguments before a command that set this size. Settings after the command's name override them. */
export const sizeWords: readonly string[] =
  size === SIZES.shipped ? [] : ["--set", `NUM_RACKS=${size.racks}`, "--set", `NUM_U=${size.numU}`];
