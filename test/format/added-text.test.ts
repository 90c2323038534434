import { expect, it } from "vitest";
import { addedText } from "../../src/format/added-text.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index} of a log\n`).join("");

it.each([
  ["a log that has grown", lines(0, 5), lines(0, 8), lines(5, 8)],
  ["a log that is the same", lines(0, 5), lines(0, 5), ""],
  ["the first log", "", lines(0, 3), lines(0, 3)],
  ["a log that was cut down to its end", lines(0, 500), lines(400, 503), lines(500, 503)],
  ["a log that was cut and has not grown", lines(0, 500), lines(490, 500), ""],
  ["a log of the same line only", "x\n".repeat(500), "x\n".repeat(503), "x\n".repeat(3)],
  ["a log that was begun anew", lines(0, 500), "boot\n", "boot\n"],
  ["a log that was emptied", lines(0, 5), "", ""],
])("finds what was added to %s", (_, before, after, added) => {
  expect(addedText(before, after)).toBe(added);
});
