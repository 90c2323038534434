import { describe, expect, it } from "vitest";
import { problems } from "./text.ts";

describe("the syntax of the configuration file", () => {
  it("names the line of a key that is assigned too late", () => {
    expect(problems("A=$B\n\nB=c")).toEqual([
      "test.conf:1: A: B is set only on line 3; move that line above this one",
    ]);
    expect(problems("A=$HOST_VIRTUAL_SUBNET_PREFIX\nHOST_VIRTUAL_SUBNET_END_PREFIX=0")).toEqual([
      "test.conf:1: A: HOST_VIRTUAL_SUBNET_END_PREFIX is set only on line 2; move that line above this one",
    ]);
  });

  it("continues after a problem, and reports none that only follows from another", () => {
    expect(problems("A=$(x)\nB=$A\nC=$(( B + 1 ))\nD=`y`")).toEqual([
      "test.conf:1: A: $( … ) is not supported, because this file is never executed; write the command's result, or calculate with $(( … ))",
      "test.conf:4: D: backticks are not supported, because this file is never executed; write the command's result",
    ]);
  });

  it("limits the length of a value that doubles on every line", () => {
    const doubling = Array.from({ length: 60 }, () => "A=$A$A");
    expect(problems(["A=xxxxxxxxxx", ...doubling].join("\n"))).toEqual([
      "test.conf:10: A: the value exceeds 4096 characters",
    ]);
  });
});
