import { expect, it } from "vitest";
import { formatTime, formatTimeOfDay } from "../../src/format/time.ts";

it("times are in 24 hours, with their zone", () => {
  const afternoon = new Date(Date.UTC(2026, 4, 4, 14, 5, 9, 123)).toISOString();
  expect(formatTime(afternoon)).toBe("2026-05-04 14:05:09 UTC");
  expect(formatTimeOfDay(afternoon)).toBe("14:05:09 UTC");
});
