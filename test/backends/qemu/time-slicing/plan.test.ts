import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canAllRun,
  demandOf,
  planTimeSlices,
  smoothed,
} from "../../../../src/backends/qemu/time-slicing/plan.ts";

const MS = 1_000_000;

describe("the groups of time slicing", () => {
  it("have as many VMs as there are processors if each VM needs one", () => {
    expect(planTimeSlices([1, 1, 1, 1, 1], 2)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it("have more VMs if these need less; the busiest VMs come first", () => {
    expect(planTimeSlices([0.2, 1, 0.2, 0.2, 0.9], 2)).toEqual([
      [1, 4],
      [0, 2, 3],
    ]);
    expect(planTimeSlices([0.2, 0.8, 0.2, 0.2], 2)).toEqual([[1, 0, 2, 3]]);
  });

  it("have as many VMs as there are processors, even if each needs more than one", () => {
    expect(planTimeSlices([4, 4, 4], 2)).toEqual([[0, 1], [2]]);
  });

  it("are none without VMs, and not needed if there are enough processors", () => {
    expect(planTimeSlices([], 2)).toEqual([]);
    expect(canAllRun([], 2)).toBe(true);
    expect(canAllRun([1, 1, 1, 1], 4)).toBe(true);
    expect(canAllRun([1, 1, 1, 1, 1], 4)).toBe(false);
  });

  it("are not needed once no VM is busy, even if the sum of their demands exceeds the processors", () => {
    expect(canAllRun(Array(9).fill(0.29), 2)).toBe(true);
    expect(canAllRun([0.5, ...Array(8).fill(0.29)], 2)).toBe(false);
  });

  it("contain each VM once, and none exceeds the processors in both number and demand", () => {
    const demands = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(demands, fc.integer({ min: 1, max: 16 }), (wanted, processors) => {
        const groups = planTimeSlices(wanted, processors);
        expect(groups.flat().sort((a, b) => a - b)).toEqual([...wanted.keys()]);
        for (const group of groups) {
          const sum = group.reduce((total, at) => total + (wanted[at] ?? 0), 0);
          expect(group.length <= processors || sum <= processors).toBe(true);
        }
      }),
    );
  });
});

describe("a VM's demand", () => {
  it("is the share of time in which it ran or waited for a processor", () => {
    const before = [{ ranNs: 5 * MS, waitedNs: 7 * MS }];
    expect(demandOf(before, [{ ranNs: 25 * MS, waitedNs: 7 * MS }], 100)).toBeCloseTo(0.2);
    expect(demandOf(before, [{ ranNs: 25 * MS, waitedNs: 37 * MS }], 100)).toBeCloseTo(0.5);
    expect(demandOf(before, before, 100)).toBe(0);
  });

  it("is the sum of its processors' shares, each at most one", () => {
    const idle = { ranNs: 0, waitedNs: 0 };
    const busy = { ranNs: 90 * MS, waitedNs: 30 * MS };
    expect(demandOf([idle, idle], [busy, busy], 100)).toBe(2);
  });

  it("rises at once, and falls gradually", () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 0.3, 1), fc.constantFrom(0, 0.2, 0.9), (before, now) => {
        const next = smoothed(before, now);
        expect(next).toBeGreaterThanOrEqual(now);
        expect(next).toBeLessThanOrEqual(Math.max(before, now));
      }),
    );
    expect(smoothed(1, 0)).toBe(0.5);
    expect(smoothed(0, 1)).toBe(1);
  });
});
