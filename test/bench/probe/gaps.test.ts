import { describe, expect, it } from "vitest";
import { findGaps } from "../../../src/bench/probe/gaps.ts";
import type { Probe } from "../../../src/bench/probe/packet.ts";

/** Returns probes sent one per millisecond. */
function probes(...numbers: readonly number[]): readonly Probe[] {
  return numbers.map((sequence) => ({ sequence, sentNs: BigInt(sequence) * 1_000_000n }));
}

describe("probes", () => {
  it("have gaps where probes are missing, measured by send time; reordering is no gap", () => {
    expect(findGaps(probes(0, 1, 3, 2, 4))).toEqual({ received: 5, lost: 0, gaps: [] });
    expect(findGaps(probes(0, 1, 5, 6, 9))).toEqual({
      received: 5,
      lost: 5,
      gaps: [
        { fromMs: 1, toMs: 5, lost: 3 },
        { fromMs: 6, toMs: 9, lost: 2 },
      ],
    });
  });
});
