import fc from "fast-check";
import { expect, it } from "vitest";
import { foldTables } from "../../src/format/fold.ts";
import { formatTable } from "../../src/format/table.ts";
import { toned, withoutTones } from "../../src/format/tone.ts";

const table = formatTable(
  ["SWITCH", "AS", "LOOPBACK", "STATE", "IPV6 LOOPBACK", ""],
  [
    ["internet", 65500, "192.168.98.1", { tone: "good", value: "running" }, "fd69:6b76:7377:f::1", ""],
    [
      "leaf1",
      65503,
      "192.168.98.4",
      { tone: "bad", value: "stopped" },
      "fd69:6b76:7377:f::4",
      "saved: frr.conf",
    ],
  ],
);

it("rows are broken before the same columns, and continue in an indented line", () => {
  expect(withoutTones(foldTables(table, 50)).split("\n")).toEqual([
    "SWITCH       AS  LOOPBACK      STATE",
    "    IPV6 LOOPBACK",
    "internet  65500  192.168.98.1  running",
    "    fd69:6b76:7377:f::1",
    "leaf1     65503  192.168.98.4  stopped",
    "    fd69:6b76:7377:f::4  saved: frr.conf",
  ]);
});

it("a table that fits stays as it is, and so does all other text", () => {
  const report = `${table}\nThis host: 2 processors, load 1.5; ${"memory ".repeat(20)}\n\nTry:  ikvswitch  ${"x".repeat(90)}`;
  expect(foldTables(report, 200)).toBe(report);
  const narrow = foldTables(report, 50).split("\n");
  expect(narrow).toContain(`This host: 2 processors, load 1.5; ${"memory ".repeat(20)}`);
  expect(narrow.at(-1)).toBe(`Try:  ikvswitch  ${"x".repeat(90)}`);
});

it("loses no text and breaks no word of any table, and no line is longer than it must be", () => {
  const cell = fc.oneof(
    fc.integer({ min: 0, max: 99_999 }),
    fc.stringMatching(/^[a-z0-9:.]{0,20}( [a-z]{1,9})?$/),
  );
  const tables = fc.array(fc.array(cell, { minLength: 6, maxLength: 6 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(tables, fc.integer({ min: 30, max: 100 }), fc.boolean(), (rows, width, hasTones) => {
      const heads = ["NAME", "AS", "UP", "LEASED ADDRESS", "N", "BGP"];
      const cells = hasTones
        ? rows.map((row) => row.map((value) => ({ tone: "bad" as const, value })))
        : rows;
      const whole = formatTable(heads, cells);
      const folded = foldTables(whole, width);
      const words = (text: string) => text.split(/\s+/).filter((word) => word !== "");
      expect(words(folded)).toEqual(words(whole));
      for (const line of withoutTones(folded).split("\n")) {
        // Longer only if it is a single cell; cells of one column have one blank between words.
        expect(line.length <= width || !/\S {2,}\S/.test(line)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

it("marks stay around their words", () => {
  const cells = [{ tone: "bad", value: "one" } as const, { tone: "good", value: "two" } as const];
  expect(foldTables(formatTable(["A", "B"], [cells]), 7)).toBe(
    `A\n    B\n${toned("bad", "one")}\n    ${toned("good", "two")}`,
  );
});
