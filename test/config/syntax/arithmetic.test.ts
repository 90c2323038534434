import { describe, expect, it } from "vitest";
import { problems, read } from "../text.ts";

describe("the syntax of the configuration file", () => {
  it.each([
    ["a sum", "A=$((1+2))", "3"],
    ["a sum within a word", "B=96\nA=x.$(( ${B} + 1 )).y", "x.97.y"],
    ["variables in a sum with and without a dollar sign", "B=2\nA=$(( B * $B * ${B} ))", "8"],
    ["products before sums", "A=$(( 2 + 3 * 4 - 10 / 5 ))", "12"],
    ["operators of one rank from the left", "A=$(( 9 - 4 - 2 ))", "3"],
    ["parentheses", "A=$(( (2 + 3) * (4 - 1) ))", "15"],
    ["parentheses at the very beginning and end", "A=$(((1+2)))", "3"],
    ["a sum in a sum", "A=$(( $((1+1)) + 1 ))", "3"],
    ["signs", "A=$(( -3 + +5 - -2 ))", "4"],
    ["a division that cuts off", "A=$(( -7 / 2 ))", "-3"],
    ["a remainder with the sign of the dividend", "A=$(( -7 % 3 ))", "-1"],
    ["a remainder of nothing", "A=$(( -6 % 3 ))", "0"],
    ["a sum in double quotes", 'A="$(( 1 + 1 )) x"', "2 x"],
  ])("takes %s", (_what, text, value) => {
    expect(read(text).A).toBe(value);
  });

  it.each([
    [
      "a sum that stays open",
      "$((1+2)",
      '")" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "a sum without its end",
      "$((1+",
      "the end of the line is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))",
    ],
    [
      "a comparison",
      "$((1<2))",
      '"<" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "a power",
      "$((2**3))",
      '"*" is unexpected in $(( … )): only numbers, variables, + - * / % and parentheses are allowed, up to ))',
    ],
    [
      "an octal number",
      "$((010))",
      '"010" is not a decimal number without leading zeros (a shell reads 010 as 8)',
    ],
    [
      "a hexadecimal number",
      "$((0x10))",
      '"0x10" is not a decimal number without leading zeros (a shell reads 010 as 8)',
    ],
    ["a huge number", "$((9007199254740992))", '"9007199254740992" is too large'],
    ["a huge result", "$((9007199254740991+1))", "the result of $(( … )) is too large"],
    ["a division by zero", "$((1/0))", "division by zero in $(( … ))"],
    ["a remainder by zero", "$((1%(1-1)))", "division by zero in $(( … ))"],
    [
      "a change of a variable",
      "$((++NUM_U))",
      '"++" changes variables in a shell and is not supported; write + 1 or - 1',
    ],
    [
      "a sum of words",
      "$((DOMAIN+1))",
      '$(( … )) needs whole decimal numbers, but DOMAIN is "ikvswitch.internal"',
    ],
    ["parentheses without end", `$((${"(".repeat(100_000)}`, "parentheses are nested more than 20 deep"],
    ["operators without end", `$((1${"+1".repeat(100_000)}))`, "more than 50 operators in a row"],
  ])("refuses %s, naming the key and the line", (_what, value, message) => {
    expect(problems(`\nA=${value}\nC=d`)).toEqual([`test.conf:2: A: ${message}`]);
  });
});
