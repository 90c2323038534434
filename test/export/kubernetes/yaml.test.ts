import { describe, expect, it } from "vitest";
import { formatYaml } from "../../../src/export/kubernetes/yaml.ts";

describe("YAML", () => {
  it("has lists in the column of their key, as kubectl prints them", () => {
    const document = { a: { b: [{ c: 1, d: [true, null] }, "e"], f: [], g: {}, h: undefined }, i: -1.5 };
    expect(formatYaml([document, { j: "k" }])).toBe(`---
a:
  b:
  - c: 1
    d:
    - true
    - null
  - e
  f: []
  g: {}
i: -1.5
---
j: k
`);
  });

  it("has texts of several lines as literal blocks", () => {
    expect(formatYaml([{ a: { b: "x: 1\n\n  y\n", c: "x\ny" } }])).toBe(`---
a:
  b: |
    x: 1

      y
  c: |-
    x
    y
`);
  });

  it.each([
    ...[
      "",
      "yes",
      "No",
      "null",
      "~",
      "1",
      "1.0",
      "0x1",
      "1:30",
      "2026-01-01",
      "a b",
      "a: b",
      "# a",
      "-",
      "a#b",
    ],
    ...["\u2028", "é", "\t", "a\tb\n", " a\nb", "a\nb\n\n", "\n", '"', "\\", "a\r\nb", "@a", "%a", "{a}"],
  ])("quotes %j", (text) => {
    expect(formatYaml([{ a: text }])).toMatch(/^---\na: "[ -~]*"\n$/);
  });

  it("refuses what JSON does not have", () => {
    expect(() => formatYaml([{ a: Number.NaN }])).toThrow(TypeError);
    expect(() => formatYaml([{ a: 1n }])).toThrow("YAML of JSON has no bigint");
  });
});
