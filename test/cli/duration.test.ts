import { expect, it } from "vitest";
import { parseDuration } from "../../src/cli/duration.ts";

it.each([
  ["500ms", 500],
  ["60s", 60_000],
  ["60", 60_000],
  ["2m", 120_000],
  ["1.5s", 1500],
  ["1h", 3_600_000],
])("%s is a time", (text, milliseconds) => {
  expect(parseDuration("--wait", text)).toBe(milliseconds);
});

it.each(["", "s", "-5s", "5 s", "5d", "1e3s", "five"])("`%s` is none, and the option is named", (text) => {
  expect(() => parseDuration("--wait", text)).toThrow(
    `--wait: "${text}" is not a time, such as 500ms, 60s or 2m`,
  );
});
