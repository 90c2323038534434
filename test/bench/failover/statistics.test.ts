import { describe, expect, it } from "vitest";
import { statistics } from "../../../src/bench/failover/statistics.ts";

describe("statistics", () => {
  it("are measured values, not interpolated ones", () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(statistics(values)).toEqual({ p50: 10, p95: 19, max: 20 });
    expect(statistics([7])).toEqual({ p50: 7, p95: 7, max: 7 });
    expect(statistics([])).toBeNull();
  });
});
