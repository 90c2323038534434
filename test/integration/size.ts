/** The fabric that tests of the host network start, and what there is on its host. */
export interface Size {
  readonly racks: number;
  readonly numU: number;
  readonly bridges: number;
  readonly interfaces: number;
  /** How often the tests repair what they damaged: 17 things, one at a time or some that don't concern each other. */
  readonly repairs: number;
}

/**
 * As shipped, or for an emulated processor, on which a device takes a tenth of a second to come and go, and a command
 * seconds to begin.
 */
const SIZES = {
  shipped: { racks: 3, numU: 15, bridges: 94, interfaces: 187, repairs: 17 },
  small: { racks: 1, numU: 4, bridges: 12, interfaces: 23, repairs: 7 },
} as const;

export const size: Size = SIZES[process.env.IKVSWITCH_TEST_SIZE === "small" ? "small" : "shipped"];

/** Words before a command that make it so. Settings after the command's name replace these. */
export const sizeWords: readonly string[] =
  size === SIZES.shipped ? [] : ["--set", `NUM_RACKS=${size.racks}`, "--set", `NUM_U=${size.numU}`];
