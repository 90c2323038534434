import { expect, it } from "vitest";
import { refuseTwice } from "../../src/cli/refuse-twice.ts";

it.each([
  [{ config: ["a", "b"] }, "--config was given twice"],
  [{ w: ["a", "b"], write: ["a", "b"] }, "-w was given twice"],
])("refuses a repeated option: %j", (words, message) => {
  expect(() => refuseTwice(words, ["set"])).toThrow(message);
});

it("accepts repeatable options, under both names that yargs gives them, and positional words", () => {
  const words = {
    _: ["up"],
    "--": ["ip"],
    set: ["A=1", "A=2"],
    "set-file": ["B=f"],
    setFile: ["B=f"],
    json: true,
  };
  expect(() => refuseTwice(words, ["set", "set-file"])).not.toThrow();
});
