import { describe, expect, it } from "vitest";
import { describeSlowest } from "./slowest.ts";

describe("the list of the slowest tests", () => {
  it("has the requested number of tests, slowest first, and the total of all", () => {
    const taken = [
      { name: "quick", ms: 10 },
      { name: "middling", ms: 1_240 },
      { name: "slow", ms: 61_000 },
      { name: "slower than some", ms: 100 },
    ];
    expect(describeSlowest("unit, tests", taken, 2)).toEqual([
      "unit, tests: 4, 62.4 s in all; the slowest:",
      "    61.0 s  slow",
      "     1.2 s  middling",
    ]);
  });

  it("leaves out tests that took almost no time", () => {
    expect(describeSlowest("unit, tests", [{ name: "quick", ms: 10 }])).toEqual([
      "unit, tests: 1, 0.0 s in all; the slowest:",
    ]);
  });
});
