/** The fabric that tests of the host network start, and what there is on its host. */
export interface Size {
  readonly racks: number;
  readonly numU: number;
  readonly bridges: number;
  readonly interfaces: number;
  /** How often the tests repair what they damaged: 17 items, one at a time or some that don't concern each other. */
  readonly repairs: number;
}

/**
 * The tests prove the same of a small network in less time. The exhaustive ones use the shipped configuration;
 * the fabrics that e2e brings up have its size anyway.
 */
const SIZES = {
  shipped: { racks: 3, numU: 15, bridges: 94, interfaces: 187, repairs: 17 },
  small: { racks: 1, numU: 4, bridges: 12, interfaces: 23, repairs: 7 },
} as const;

const wanted =
  process.env.IKVSWITCH_TEST_SIZE ?? (process.env.IKVSWITCH_TEST_ALL === "1" ? "shipped" : "small");

export const size: Size = SIZES[wanted === "shipped" ? "shipped" : "small"];

/** Words before a command that make it so. Settings after the command's name replace these. */
export const sizeWords: readonly string[] =
  size === SIZES.shipped ? [] : ["--set", `NUM_RACKS=${size.racks}`, "--set", `NUM_U=${size.numU}`];
