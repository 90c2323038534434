import { describe, expect, it } from "vitest";
import { makeThrottle } from "../../../../src/bmc/redfish/access/throttle.ts";

function makeClock() {
  const clock = { nowMs: 1_000 };
  return { clock, throttle: makeThrottle(() => clock.nowMs) };
}

describe("logins", () => {
  it("don't wait where none has failed", () => {
    const { throttle } = makeClock();
    expect([1, 2, 3].map(() => throttle.waitMs("a"))).toEqual([0, 0, 0]);
  });

  it("wait for one another where one has failed, and elsewhere not", () => {
    const { throttle } = makeClock();
    throttle.ended("a", false);
    expect([1, 2, 3].map(() => throttle.waitMs("a"))).toEqual([500, 1_000, 1_500]);
    expect(throttle.waitMs("b")).toBe(0);
  });

  it("are refused where too many wait", () => {
    const { clock, throttle } = makeClock();
    throttle.ended("a", false);
    const waits = Array.from({ length: 20 }, () => throttle.waitMs("a"));
    expect(waits.filter((wait) => wait !== undefined)).toHaveLength(10);
    clock.nowMs += 5_000;
    expect(throttle.waitMs("a")).toBe(500);
  });

  it("don't wait after one has succeeded, or a minute after the last failure", () => {
    const { clock, throttle } = makeClock();
    throttle.ended("a", false);
    throttle.ended("a", true);
    expect(throttle.waitMs("a")).toBe(0);
    throttle.ended("a", false);
    clock.nowMs += 60_000;
    expect(throttle.waitMs("a")).toBe(0);
  });

  it("are remembered for a limited number of addresses", () => {
    const { throttle } = makeClock();
    for (let number = 0; number <= 1_000; number++) {
      throttle.ended(String(number), false);
    }
    expect(throttle.waitMs("0")).toBe(0);
    expect(throttle.waitMs("1")).toBe(500);
  });
});
