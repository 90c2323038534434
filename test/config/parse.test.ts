import { describe, expect, it } from "vitest";
import { parseConfigText } from "../../src/config/parse.ts";
import { problems, read } from "./text.ts";

describe("the syntax of the configuration file", () => {
  it("uses the last assignment of a key", () => {
    expect(read("A=1\nA=2")).toEqual({ A: "2" });
  });

  it("has the line on which each assignment begins", () => {
    const { assignments } = parseConfigText("# c\n\nA=b\\\n  \nB=c\r\n\r\nC=d", "test.conf");
    expect(assignments.map(({ key, line }) => [key, line])).toEqual([
      ["A", 3],
      ["B", 5],
      ["C", 7],
    ]);
  });

  it.each([
    ["echo hello", '"echo hello" is not KEY=VALUE; this file is never executed; comments begin with #'],
    [
      ". /etc/default/x",
      '". /etc/default/x" is not KEY=VALUE; this file is never executed; comments begin with #',
    ],
    ["export A", '"export A" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["1A=b", '"1A=b" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["A-B=c", '"A-B=c" is not KEY=VALUE; this file is never executed; comments begin with #'],
    ["A =b", "write A=VALUE, with = right after the key and the value right after ="],
    ["A: b", "write A=VALUE, with = right after the key and the value right after ="],
    ["A+=b", "appending to A is not supported; write the whole value: A=VALUE"],
    ["A[1]=b", "appending to A is not supported; write the whole value: A=VALUE"],
  ])("refuses the line %s", (line, message) => {
    expect(problems(`# 1\n${line}\n# 3`)).toEqual([`test.conf:2: ${message}`]);
  });

  it("refuses a backslash that ends the file", () => {
    expect(problems("A=b\\")).toEqual([
      "test.conf:1: A: the file ends with a backslash; remove it, or write \\\\ for a literal one",
    ]);
  });

  it("never shows text that may be part of a password", () => {
    const text =
      'VM_ROOT_PASS=geheim geheim\nVM_ROOT_PASS=a${geheim-geheim\nVM_ROOT_PASS="geheim\nVM_ROOT_PASS = geheim';
    expect(problems(text)).toHaveLength(4);
    expect(problems(text).join("\n").replace("${geheim…", "").replace("${geheim}", "")).not.toContain(
      "geheim",
    );
  });
});
