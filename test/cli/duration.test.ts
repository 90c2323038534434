import { expect, it } from "vitest";
import { parseDuration, secondsInMs } from "../../src/cli/duration.ts";

it.each([
  ["500ms", 500],
  ["60s", 60_000],
  ["60", 60_000],
  ["2m", 120_000],
  ["1.5s", 1500],
  ["1h", 3_600_000],
])("parses %s", (text, milliseconds) => {
  expect(parseDuration("--wait", text)).toBe(milliseconds);
});

it.each(["", "s", "-5s", "5 s", "5d", "1e3s", "five"])("refuses `%s` and names the option", (text) => {
  expect(() => parseDuration("--wait", text)).toThrow(
    `invalid value of --wait: "${text}" (examples: 500ms, 60s, 2m)`,
  );
});

it("refuses negative seconds and names the option", () => {
  expect([0, 0.5, 30].map((seconds) => secondsInMs("--grace", seconds))).toEqual([0, 500, 30_000]);
  for (const seconds of [-1, Number.NaN]) {
    expect(() => secondsInMs("--grace", seconds)).toThrow(
      "invalid value of --grace: not a number of seconds, such as 30",
    );
  }
});
